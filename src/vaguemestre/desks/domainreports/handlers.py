"""Jobs of domain reports: opening and reading of the mailboxes."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from vaguemestre.desks.domainreports import queries, services
from vaguemestre.desks.domainreports.events import ReportsDelivered
from vaguemestre.desks.domainreports.ports import find_known_senders, judge_sender
from vaguemestre.desks.domainreports.ports import read_reports as read_apart
from vaguemestre.foundation.cluster.locks import exclusive
from vaguemestre.post.mailstore.ports import open_mailbox

_LATER = timedelta(seconds=services.RUN_SECONDS)
_READ_EVERY = timedelta(minutes=15)  # a mailbox is read at least that often


def read_reports(event: ReportsDelivered) -> None:
    """Read a mailbox, unless another machine does: then later."""
    reader = services.Reader(
        open_mailbox.get(), read_apart.get(), judge_sender.get(), find_known_senders.get(),
        settings.CONFIG.domains,
    )  # fmt: skip
    lock = settings.CONFIG.data_dir / "reports.lock"
    with exclusive(f"reports {event.box_id}", lock) as is_ours:
        if is_ours:
            services.read_box(event.box_id, reader, now=timezone.now())
            return
    services.announce_mail(event.box_id, timezone.now() + _LATER)  # another machine reads it


def keep_boxes() -> None:
    """Periodic task: open the mailboxes that are missing, read those without a delivery event for long."""
    now = timezone.now()
    services.open_missing_boxes(settings.CONFIG.domains, by="system", now=now)
    for box_id in queries.overdue_boxes(now - _READ_EVERY):
        services.announce_mail(box_id)


def purge_old_reports() -> None:
    """Periodic task: delete reports past their time."""
    services.delete_old_reports(timezone.now())
