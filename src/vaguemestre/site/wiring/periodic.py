"""Periodic tasks the worker runs each minute."""

from collections.abc import Callable

from vaguemestre.access.signin import handlers as signin_handlers
from vaguemestre.access.sso.registry import handlers as registry_handlers
from vaguemestre.desks.enrolment import handlers as enrolment_handlers
from vaguemestre.mailbox.compose import handlers as compose_handlers
from vaguemestre.mailbox.portability import handlers as portability_handlers
from vaguemestre.mailbox.sorting import handlers as sorting_handlers
from vaguemestre.mailbox.webmail import handlers as webmail_handlers
from vaguemestre.people.lifecycle import handlers as lifecycle_handlers
from vaguemestre.post.dkim import handlers as dkim_handlers
from vaguemestre.post.filelinks import handlers as filelinks_handlers
from vaguemestre.post.outbox import handlers as outbox_handlers
from vaguemestre.post.trace import handlers as trace_handlers
from vaguemestre.schools.lists import handlers as lists_handlers
from vaguemestre.schools.rosters import handlers as rosters_handlers
from vaguemestre.schools.sharing import handlers as sharing_handlers

ROUNDS: tuple[Callable[[], None], ...] = (
    compose_handlers.resume_lost_mailings,
    outbox_handlers.resume_lost_messages,
    outbox_handlers.purge_old_submissions,
    registry_handlers.end_expired_visits,
    registry_handlers.forget_old_visits,
    signin_handlers.purge_expired,
    sorting_handlers.follow_contacts,
    sorting_handlers.renew_scripts,
    lifecycle_handlers.run_lifecycle_round,
    portability_handlers.forget_old_files,
    filelinks_handlers.purge_files,
    enrolment_handlers.delete_old_proofs,
    webmail_handlers.forget_old_previews,
    rosters_handlers.purge_rosters,
    sharing_handlers.run_daily,
    lists_handlers.read_overdue_lists,
    lists_handlers.resume_stalled_letters,
    compose_handlers.erase_class_recipients,
    dkim_handlers.advance_keys,
    trace_handlers.purge_old_steps,
)
