"""Mail delivered to a reporting address: read once, by the worker, then deleted."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from vaguemestre.desks.domainreports.events import ReportsDelivered
from vaguemestre.desks.domainreports.models import ReportBox
from vaguemestre.desks.domainreports.ports import FindKnownSenders, JudgeSender
from vaguemestre.desks.domainreports.rules.attachments import reports_of_message
from vaguemestre.desks.domainreports.rules.limits import MAX_MESSAGE_BYTES, UnreadableReport
from vaguemestre.desks.domainreports.services.storage import store_report
from vaguemestre.desks.domainreports.values import KnownSenders, Trust
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin, Row, Use
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState

_INBOX = "INBOX"
_PAGE_SIZE = 50
_MESSAGES_PER_RUN = 500


def handle_deliveries(deliveries: Sequence[DeliveryEvent]) -> None:
    """Announce the reporting addresses that received mail. Implements `outbox.ports.OnDeliveries`.

    Inside the caller's transaction.
    """
    delivered = {event.recipient for event in deliveries if event.state is DeliveryState.DELIVERED}
    if delivered:
        for box_id in ReportBox.objects.filter(address__in=delivered).values_list("pk", flat=True):
            announce(ReportsDelivered(box_id))


@transaction.atomic(durable=True)
def announce_mail(box_id: int) -> None:
    """Have a mailbox read, without a delivery event."""
    announce(ReportsDelivered(box_id))


def read_box(
    box_id: int,
    open_mailbox: OpenMailbox,
    judge_sender: JudgeSender,
    find_known_senders: FindKnownSenders,
    domains: Collection[str],
    *,
    now: datetime,
) -> int:
    """Read and delete the messages of a reporting address. Returns the number of reports stored.

    Idempotent: a report is stored once, even if its message could not be deleted. Raises EngineDown.
    """
    row = ReportBox.objects.filter(pk=box_id).first()
    if row is None:
        return 0
    stored, known = 0, find_known_senders()
    with open_mailbox(MailLogin(row.address)) as box:
        for folder in (_INBOX, *_junk_folders(box)):
            for message in _messages(box, folder):
                stored += _read_message(row, box, message, judge_sender, known, domains, now)
    ReportBox.objects.filter(pk=row.pk).update(read_at=now)
    return stored


def _junk_folders(box: Mailbox) -> list[str]:
    """A report may look like junk: its senders write to nobody else here."""
    return [folder.name for folder in box.folders() if folder.use is Use.JUNK]


def _messages(box: Mailbox, folder: str) -> list[Row]:
    messages: list[Row] = []
    while len(messages) < _MESSAGES_PER_RUN:
        page = box.page(folder, len(messages), _PAGE_SIZE)
        messages += page.rows
        if len(page.rows) < _PAGE_SIZE:
            break
    return messages


def _read_message(
    row: ReportBox,
    box: Mailbox,
    message: Row,
    judge_sender: JudgeSender,
    known: KnownSenders,
    domains: Collection[str],
    now: datetime,
) -> int:
    stored = 0
    try:
        raw = box.raw(message.ref)
        trust = judge_sender(raw) if len(raw) <= MAX_MESSAGE_BYTES else Trust.UNKNOWN
        for report in reports_of_message(raw):
            stored += store_report(report, known, domains, trust=trust, now=now)
    except MessageGone:
        return 0
    except UnreadableReport as error:
        ReportBox.objects.filter(pk=row.pk).update(
            set_aside=F("set_aside") + 1, set_aside_reason=error.reason, set_aside_at=now
        )
    box.expunge([message.ref])
    return stored
