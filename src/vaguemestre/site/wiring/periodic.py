"""What the worker looks after by itself, each minute."""

from collections.abc import Callable

from vaguemestre.classes import handlers as classes_handlers
from vaguemestre.deposits import handlers as deposits_handlers
from vaguemestre.enrolment import handlers as enrolment_handlers
from vaguemestre.lists import handlers as lists_handlers
from vaguemestre.lives import handlers as lives_handlers
from vaguemestre.moving import handlers as moving_handlers
from vaguemestre.outbox import handlers as outbox_handlers
from vaguemestre.sharing import handlers as sharing_handlers
from vaguemestre.signin import handlers as signin_handlers
from vaguemestre.sorting import handlers as sorting_handlers
from vaguemestre.sso.registry import handlers as registry_handlers
from vaguemestre.webmail import handlers as webmail_handlers
from vaguemestre.writing import handlers as writing_handlers

ROUNDS: tuple[Callable[[], None], ...] = (
    writing_handlers.find_lost_mailings,
    outbox_handlers.find_lost_messages,
    outbox_handlers.forget_old_passages,
    registry_handlers.end_expired_visits,
    registry_handlers.forget_old_visits,
    signin_handlers.forget_withdrawn_proofs,
    sorting_handlers.follow_contacts,
    sorting_handlers.renew_scripts,
    lives_handlers.follow_days,
    moving_handlers.forget_old_files,
    deposits_handlers.forget_old_deposits,
    enrolment_handlers.forget_old_proofs,
    webmail_handlers.forget_old_previews,
    classes_handlers.purge_rosters,
    sharing_handlers.follow_days,
    lists_handlers.find_unread_mail,
    lists_handlers.find_lost_letters,
    writing_handlers.forget_class_mailings,
)
