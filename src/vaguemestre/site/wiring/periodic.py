"""Periodic tasks the worker runs: each minute, unless they say how often (`jobs.periodic.every`)."""

from collections.abc import Callable

from vaguemestre.access.sso.registry import handlers as registry_handlers
from vaguemestre.desks.domainreports import handlers as domainreports_handlers
from vaguemestre.desks.operations import handlers as operations_handlers
from vaguemestre.desks.removals import handlers as removals_handlers
from vaguemestre.mailbox.compose import handlers as compose_handlers
from vaguemestre.mailbox.sorting import handlers as sorting_handlers
from vaguemestre.mailbox.webmail import handlers as webmail_handlers
from vaguemestre.post.dkim import handlers as dkim_handlers
from vaguemestre.post.filelinks import handlers as filelinks_handlers
from vaguemestre.post.outbox import handlers as outbox_handlers
from vaguemestre.post.quarantine import handlers as quarantine_handlers
from vaguemestre.schools.lists import handlers as lists_handlers
from vaguemestre.site.register import PURGES

ROUNDS: tuple[Callable[[], None], ...] = (
    compose_handlers.resume_lost_mailings,
    outbox_handlers.resume_lost_messages,
    outbox_handlers.send_self_mail,
    registry_handlers.end_expired_visits,
    sorting_handlers.follow_contacts,
    sorting_handlers.renew_scripts,
    webmail_handlers.forget_old_previews,
    webmail_handlers.bound_deleted_messages,
    lists_handlers.read_overdue_lists,
    lists_handlers.resume_stalled_letters,
    dkim_handlers.advance_keys,
    operations_handlers.measure,
    quarantine_handlers.send_digests,
    quarantine_handlers.examine_unexamined,
    filelinks_handlers.scan_left_over_files,
    domainreports_handlers.keep_boxes,
    *PURGES,
    removals_handlers.copy_removals,  # after the journal, which makes the folder
)
