"""Mail at a reporting address is read once, however many jobs read it."""

from datetime import UTC, datetime

import pytest
from django_tasks_db.models import DBTaskResult
from tests.desks.domainreports.samples import DOMAIN

from vaguemestre.desks.domainreports.events import ReportsDelivered
from vaguemestre.desks.domainreports.models import ReportBox
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport
from vaguemestre.desks.domainreports.services import Reader, arrival, read_box
from vaguemestre.desks.domainreports.values import KnownSenders, Report, ReportSender, Trust
from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.jobs.rules import job_words
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.ports import MessageGone
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ADDRESS = f"rapports-automatiques@{DOMAIN}"


@pytest.fixture
def box() -> ReportBox:
    return ReportBox.objects.create(domain=DOMAIN, account_id=1, address=ADDRESS)


def unreadable(raw: bytes) -> tuple[Report, ...]:
    raise UnreadableReport("doctype")


def reader(mailboxes: MemoryMailboxes) -> Reader:
    nobody = KnownSenders(frozenset(), frozenset(), frozenset())
    return Reader(mailboxes, unreadable, lambda raw: ReportSender(Trust.AUTHENTIC), lambda: nobody, [DOMAIN])


def delivered(mailboxes: MemoryMailboxes, content: bytes) -> MessageRef:
    return mailboxes.box(ADDRESS).append("INBOX", content, (), NOW)


def set_aside(box: ReportBox) -> int:
    box.refresh_from_db()
    return box.set_aside


def test_each_message_without_a_report_is_counted_and_leaves(box: ReportBox) -> None:
    mailboxes = MemoryMailboxes()
    for number in range(3):
        delivered(mailboxes, b"Subject: %d\n\nBonjour\n" % number)
    read_box(box.pk, reader(mailboxes), now=NOW)
    read_box(box.pk, reader(mailboxes), now=NOW)
    assert set_aside(box) == 3
    assert not mailboxes.box(ADDRESS).page("INBOX", 0, 10).rows


def test_what_comes_back_of_our_own_reports_leaves_without_being_counted(box: ReportBox) -> None:
    mailboxes = MemoryMailboxes()
    notice = b"Content-Type: multipart/report; report-type=%s; boundary=x\n\n--x\n\n--x--\n"
    for kind in (b"delivery-status", b"DELIVERY-STATUS", b"tlsrpt"):
        delivered(mailboxes, notice % kind)
    read_box(box.pk, reader(mailboxes), now=NOW)
    assert set_aside(box) == 1  # a TLS report is no such notice
    assert not mailboxes.box(ADDRESS).page("INBOX", 0, 10).rows


def test_a_message_that_two_jobs_read_at_once_is_counted_once(
    box: ReportBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailboxes = MemoryMailboxes()
    delivered(mailboxes, b"Subject: a\n\nBonjour\n")
    raw, others = MemoryMailbox.raw, [reader(mailboxes)]

    def read_meanwhile(self: MemoryMailbox, ref: MessageRef) -> bytes:
        content = raw(self, ref)
        if others:
            read_box(box.pk, others.pop(), now=NOW)
        return content

    monkeypatch.setattr(MemoryMailbox, "raw", read_meanwhile)
    read_box(box.pk, reader(mailboxes), now=NOW)
    assert set_aside(box) == 1


def test_a_message_that_could_not_be_deleted_is_counted_once(
    box: ReportBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailboxes = MemoryMailboxes()
    delivered(mailboxes, b"Subject: a\n\nBonjour\n")

    def cut(self: MemoryMailbox, refs: object) -> None:
        raise EngineDown

    with monkeypatch.context() as broken:
        broken.setattr(MemoryMailbox, "expunge", cut)
        with pytest.raises(EngineDown):
            read_box(box.pk, reader(mailboxes), now=NOW)
    read_box(box.pk, reader(mailboxes), now=NOW)
    assert set_aside(box) == 1
    assert not mailboxes.box(ADDRESS).page("INBOX", 0, 10).rows


def announced() -> list[int]:
    """The reporting addresses that have a job to read them."""
    words = [job_words(job.args_kwargs) for job in DBTaskResult.objects.all()]
    name = f":{ReportsDelivered.__name__}"
    return [word.fields["box_id"] for word in words if word and word.event.endswith(name)]


def test_a_reporting_address_is_read_when_something_was_delivered_there_and_to_nobody_else(
    box: ReportBox,
) -> None:
    def told(recipient: str, state: DeliveryState) -> DeliveryEvent:
        return DeliveryEvent("Q1", recipient, state, "", "", NOW)

    arrival.handle_deliveries([])
    arrival.handle_deliveries(
        [told("marie@ac-amiens.test", DeliveryState.DELIVERED), told(ADDRESS, DeliveryState.DELAYED)]
    )
    assert announced() == []
    arrival.handle_deliveries([told(ADDRESS, DeliveryState.DELIVERED)] * 2)
    assert announced() == [box.pk]
    arrival.announce_mail(box.pk)
    assert announced() == [box.pk, box.pk]


def test_an_address_that_is_gone_and_a_message_that_left_meanwhile_are_nothing(
    box: ReportBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailboxes = MemoryMailboxes()
    assert read_box(box.pk + 1, reader(mailboxes), now=NOW) == 0
    delivered(mailboxes, b"Subject: a\n\nBonjour\n")

    def gone(self: MemoryMailbox, ref: MessageRef) -> bytes:
        raise MessageGone("mailstore.message-gone")

    monkeypatch.setattr(MemoryMailbox, "raw", gone)
    assert read_box(box.pk, reader(mailboxes), now=NOW) == 0
    assert set_aside(box) == 0


def test_a_message_too_large_to_be_read_is_set_aside(box: ReportBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "MAX_MESSAGE_BYTES", 10)
    mailboxes = MemoryMailboxes()
    delivered(mailboxes, b"Subject: a\n\nBonjour\n")
    read_box(box.pk, reader(mailboxes), now=NOW)
    box.refresh_from_db()
    assert (box.set_aside, box.set_aside_reason) == (1, "too-big")


def test_every_page_of_an_address_is_read(box: ReportBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "_PAGE_SIZE", 2)
    mailboxes = MemoryMailboxes()
    for number in range(5):
        delivered(mailboxes, b"Subject: %d\n\nBonjour\n" % number)
    read_box(box.pk, reader(mailboxes), now=NOW)
    assert set_aside(box) == 5
