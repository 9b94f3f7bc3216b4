"""Mail delivered to a reporting address: read once, by the worker, then deleted."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from vaguemestre.desks.domainreports.events import ReportsDelivered
from vaguemestre.desks.domainreports.models import ReportBox, SetAsideMessage
from vaguemestre.desks.domainreports.ports import FindKnownSenders, JudgeSender, ReadReports
from vaguemestre.desks.domainreports.rules.delivery_notice import is_delivery_notice
from vaguemestre.desks.domainreports.rules.limits import (
    MAX_MESSAGE_BYTES,
    UnreadableReport,
    registered_domain,
)
from vaguemestre.desks.domainreports.services.reading_cost import add_cost, check_cost, regular_reporters
from vaguemestre.desks.domainreports.services.storage import check_flood, store_report
from vaguemestre.desks.domainreports.values import KnownSenders, Report, ReportSender
from vaguemestre.foundation.jobs.services import announce_once
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef, Row, Use
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState

_INBOX = "INBOX"
_PAGE_SIZE = 50
_MESSAGES_PER_RUN = 500
RUN_SECONDS = 15.0  # of one mailbox before it is the turn of another


@dataclass(frozen=True)
class Reader:
    """What the reading of a mailbox needs. `domains`: ours."""

    open_mailbox: OpenMailbox
    read_reports: ReadReports
    judge_sender: JudgeSender
    find_known_senders: FindKnownSenders
    domains: Collection[str]
    clock: Callable[[], float] = time.monotonic


def handle_deliveries(deliveries: Sequence[DeliveryEvent]) -> None:
    """Announce the reporting addresses that received mail. Implements `outbox.ports.OnDeliveries`.

    Inside the caller's transaction.
    """
    delivered = {event.recipient for event in deliveries if event.state is DeliveryState.DELIVERED}
    if delivered:
        for box_id in ReportBox.objects.filter(address__in=delivered).values_list("pk", flat=True):
            announce_once(ReportsDelivered(box_id))


@transaction.atomic(durable=True)
def announce_mail(box_id: int, due: datetime | None = None) -> None:
    """Have a mailbox read, without a delivery event."""
    announce_once(ReportsDelivered(box_id), due=due)


def read_box(box_id: int, reader: Reader, *, now: datetime) -> int:
    """Read and delete the messages of a reporting address. Returns the number of reports stored.

    What is left after RUN_SECONDS is announced again.

    Idempotent: a report is stored, or its message counted as set aside, once, even if that message could not
    be deleted. Raises EngineDown.
    """
    row = ReportBox.objects.filter(pk=box_id).first()
    if row is None:
        return 0
    stored, known = 0, reader.find_known_senders()
    end = reader.clock() + RUN_SECONDS
    with reader.open_mailbox(MailLogin(row.address)) as box:
        messages = [message for name in (_INBOX, *_junk_folders(box)) for message in _messages(box, name)]
        has_more = len(messages) >= _MESSAGES_PER_RUN
        for number, message in enumerate(_in_order(messages, regular_reporters(now)), 1):
            stored += _read_message(row, box, message, reader, known, now)
            if reader.clock() >= end:
                has_more |= number < len(messages)
                break
    ReportBox.objects.filter(pk=row.pk).update(read_at=now)
    if has_more:
        announce_mail(row.pk)
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


def _in_order(messages: Iterable[Row], regular: Collection[str]) -> list[Row]:
    """Sort messages: claimed regular reporters first, then one message of each domain, a second of each…

    A claim gives no more than a place: what our filter says decides what is read.
    """
    counts: Counter[str] = Counter()
    places: dict[MessageRef, tuple[bool, int]] = {}
    for message in messages:
        domain = registered_domain(message.summary.sender.address)
        places[message.ref] = (domain not in regular, counts[domain])
        counts[domain] += 1
    return sorted(messages, key=lambda message: places[message.ref])


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
        if message.summary.size > MAX_MESSAGE_BYTES:
            raise UnreadableReport("too-big")
        raw = box.raw(message.ref)
        if is_delivery_notice(raw):  # our own reports leave from this address
            box.expunge([message.ref])
            return 0
        sender = reader.judge_sender(raw)
        check_flood(sender, now)
        check_cost(sender, now)
        for report in _reports(reader, raw, sender, now):
            stored += store_report(report, known, reader.domains, sender=sender, now=now)
    except MessageGone:
        return 0
    except UnreadableReport as error:
        _count_set_aside(row, message.ref, error.reason, now)
    box.expunge([message.ref])
    return stored


def _reports(reader: Reader, raw: bytes, sender: ReportSender, now: datetime) -> tuple[Report, ...]:
    began = reader.clock()
    try:
        return reader.read_reports(raw, sender.trust)
    finally:
        add_cost(sender, reader.clock() - began, now)


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
