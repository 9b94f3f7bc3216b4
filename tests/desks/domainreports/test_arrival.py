"""Mail at a reporting address is read once, however many jobs read it."""

from datetime import UTC, datetime

import pytest
from tests.desks.domainreports.samples import DOMAIN

from vaguemestre.desks.domainreports.models import ReportBox
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport
from vaguemestre.desks.domainreports.services import Reader, read_box
from vaguemestre.desks.domainreports.values import KnownSenders, Report, ReportSender, Trust
from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.values import MessageRef

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
