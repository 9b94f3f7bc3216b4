"""Mail delivered to a reporting address: read once, by the worker, then deleted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from vaguemestre.desks.domainreports.events import ReportsDelivered
from vaguemestre.desks.domainreports.models import ReportBox, SetAsideMessage
from vaguemestre.desks.domainreports.ports import FindKnownSenders, JudgeSender, ReadReports
from vaguemestre.desks.domainreports.rules.delivery_notice import is_delivery_notice
from vaguemestre.desks.domainreports.rules.limits import MAX_MESSAGE_BYTES, UnreadableReport
from vaguemestre.desks.domainreports.services.storage import store_report
from vaguemestre.desks.domainreports.values import KnownSenders
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef, Row, Use
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState

_INBOX = "INBOX"
_PAGE_SIZE = 50
_MESSAGES_PER_RUN = 500


@dataclass(frozen=True)
class Reader:
    """What the reading of a mailbox needs. `domains`: ours."""

    open_mailbox: OpenMailbox
    read_reports: ReadReports
    judge_sender: JudgeSender
    find_known_senders: FindKnownSenders
    domains: Collection[str]


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


def read_box(box_id: int, reader: Reader, *, now: datetime) -> int:
    """Read and delete the messages of a reporting address. Returns the number of reports stored.

    Idempotent: a report is stored, or its message counted as set aside, once, even if that message could not
    be deleted. Raises EngineDown.
    """
    row = ReportBox.objects.filter(pk=box_id).first()
    if row is None:
        return 0
    stored, known = 0, reader.find_known_senders()
    with reader.open_mailbox(MailLogin(row.address)) as box:
        for folder in (_INBOX, *_junk_folders(box)):
            for message in _messages(box, folder):
                stored += _read_message(row, box, message, reader, known, now)
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
    reader: Reader,
    known: KnownSenders,
    now: datetime,
) -> int:
    stored = 0
    try:
        raw = box.raw(message.ref)
        if is_delivery_notice(raw):  # our own reports leave from this address
            box.expunge([message.ref])
            return 0
        if len(raw) > MAX_MESSAGE_BYTES:
            raise UnreadableReport("too-big")
        sender = reader.judge_sender(raw)
        for report in reader.read_reports(raw):
            stored += store_report(report, known, reader.domains, sender=sender, now=now)
    except MessageGone:
        return 0
    except UnreadableReport as error:
        _count_set_aside(row, message.ref, error.reason, now)
    box.expunge([message.ref])
    return stored


@transaction.atomic
def _count_set_aside(row: ReportBox, ref: MessageRef, reason: str, now: datetime) -> None:
    """Count the message, unless another job did: two may read it before either deletes it."""
    _, is_new = SetAsideMessage.objects.get_or_create(
        box=row,
        folder=ref.folder,
        uid_validity=ref.uid_validity,
        uid=ref.uid,
        defaults={"counted_at": now},
    )
    if is_new:
        ReportBox.objects.filter(pk=row.pk).update(
            set_aside=F("set_aside") + 1, set_aside_reason=reason, set_aside_at=now
        )
