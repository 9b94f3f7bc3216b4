"""Mail at a reporting address is read once, however many jobs read it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.desks.domainreports.samples import DOMAIN

from vaguemestre.desks.domainreports.events import ReportsDelivered
from vaguemestre.desks.domainreports.models import DomainReport, ReportBox
from vaguemestre.desks.domainreports.ports import ReadReports
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport
from vaguemestre.desks.domainreports.services import Reader, arrival, read_box, storage
from vaguemestre.desks.domainreports.values import KnownSenders, Report, ReportSender, Trust
from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.jobs.rules import job_words
from vaguemestre.foundation.jobs.services import announce
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


def unreadable(raw: bytes, trust: Trust) -> tuple[Report, ...]:
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


def test_a_mailbox_has_one_job_however_much_arrives_there(box: ReportBox) -> None:
    other = ReportBox.objects.create(domain="x.fr", account_id=2, address="rapports@x.fr")
    event = DeliveryEvent("Q1", ADDRESS, DeliveryState.DELIVERED, "", "", NOW)
    for _ in range(3):
        arrival.handle_deliveries([event])
        arrival.announce_mail(box.pk)
    assert announced() == [box.pk]
    arrival.announce_mail(other.pk)
    assert sorted(announced()) == [box.pk, other.pk]
    DBTaskResult.objects.update(status="RUNNING")  # what is listed already
    arrival.handle_deliveries([event])
    assert sorted(announced()) == [box.pk, box.pk, other.pk]


def test_a_job_that_is_tried_again_in_an_hour_stands_for_no_delivery_of_now(box: ReportBox) -> None:
    announce(ReportsDelivered(box.pk), due=timezone.now() + timedelta(hours=1))
    arrival.announce_mail(box.pk)
    arrival.announce_mail(box.pk, timezone.now() + timedelta(seconds=15))
    assert announced() == [box.pk, box.pk]


def test_reports_wait_in_no_queue_of_anybody_elses_work(box: ReportBox) -> None:
    arrival.announce_mail(box.pk)
    assert [job.queue_name for job in DBTaskResult.objects.all()] == ["untrusted"]


class Hours:
    """A clock that the reading of a report moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def read(self, seconds: float) -> ReadReports:
        def reading(raw: bytes, trust: Trust) -> tuple[Report, ...]:
            self.now += seconds
            raise UnreadableReport("too-complex")

        return reading


def test_a_job_ends_after_its_time_and_another_one_reads_what_is_left(box: ReportBox) -> None:
    mailboxes, hours = MemoryMailboxes(), Hours()
    for number in range(5):
        delivered(mailboxes, b"Subject: %d\n\nBonjour\n" % number)
    slow = replace(reader(mailboxes), read_reports=hours.read(6.0), clock=hours)
    read_box(box.pk, slow, now=NOW)
    assert len(mailboxes.box(ADDRESS).page("INBOX", 0, 10).rows) == 2  # 18 seconds
    assert announced() == [box.pk]
    DBTaskResult.objects.all().delete()
    read_box(box.pk, slow, now=NOW)
    assert not mailboxes.box(ADDRESS).page("INBOX", 0, 10).rows
    assert announced() == []


@pytest.mark.parametrize(
    ("sender", "seconds"),
    [
        (ReportSender(Trust.AUTHENTIC, "dehors.example"), 120),
        (ReportSender(Trust.UNKNOWN), 600),
        (ReportSender(Trust.FORGED), 120),
    ],
)
def test_a_sender_whose_reports_took_their_time_today_is_set_aside_unread(
    box: ReportBox, sender: ReportSender, seconds: int
) -> None:
    mailboxes, hours = MemoryMailboxes(), Hours()
    costly = replace(
        reader(mailboxes), read_reports=hours.read(30.0), clock=hours, judge_sender=lambda raw: sender
    )
    for number in range(30):
        delivered(mailboxes, b"Subject: %d\n\nBonjour\n" % number)
    while mailboxes.box(ADDRESS).page("INBOX", 0, 1).rows:
        read_box(box.pk, costly, now=NOW)
    assert hours.now == seconds
    assert set_aside(box) == 30
    assert box.set_aside_reason == "too-many"
    delivered(mailboxes, b"Subject: demain\n\nBonjour\n")
    read_box(box.pk, costly, now=NOW + timedelta(days=1))
    assert hours.now == seconds + 30


def test_a_sender_beyond_its_count_of_the_day_is_set_aside_unread(
    box: ReportBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "MAX_REPORTS_A_DAY", 0)
    mailboxes, hours = MemoryMailboxes(), Hours()
    delivered(mailboxes, b"Subject: a\n\nBonjour\n")
    read_box(box.pk, replace(reader(mailboxes), read_reports=hours.read(1.0), clock=hours), now=NOW)
    assert (hours.now, set_aside(box), box.set_aside_reason) == (0.0, 1, "too-many")


def test_a_reporter_of_earlier_days_is_read_before_a_flood_and_others_amid_it(box: ReportBox) -> None:
    DomainReport.objects.create(
        kind="dmarc", organisation="g", report_id="1", domain=DOMAIN, begins_at=NOW, ends_at=NOW,
        day=NOW.date(), policy="none", trust=Trust.AUTHENTIC, sender="regulier.example",
        received_at=NOW - timedelta(days=1),
    )  # fmt: skip
    mailboxes, read = MemoryMailboxes(), list[str]()

    def note(raw: bytes, trust: Trust) -> tuple[Report, ...]:
        read.append(raw.partition(b"@")[2].partition(b"\n")[0].decode())
        raise UnreadableReport("no-report")

    for domain in ("regulier.example", "nouveau.example", *["flot.example"] * 20):  # the newest ones last
        delivered(mailboxes, f"From: rua@{domain}\nSubject: a\n\nBonjour\n".encode())
    read_box(box.pk, replace(reader(mailboxes), read_reports=note), now=NOW)
    assert read[0] == "regulier.example"
    assert "nouveau.example" in read[1:3]


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
