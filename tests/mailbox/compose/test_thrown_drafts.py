"""A scheduled message whose draft is thrown away does not leave, and its author is told."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.mailbox.compose.test_services import LIMIT, drafts, save
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.compose import services
from vaguemestre.mailbox.compose.handlers import restore_refused_draft
from vaguemestre.mailbox.compose.models import Composition, Mailing, MailingCopy
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import DraftFields, Writer
from vaguemestre.mailbox.webmail.events import BulkRequested
from vaguemestre.mailbox.webmail.handlers import run_bulk
from vaguemestre.mailbox.webmail.http import ref_text
from vaguemestre.mailbox.webmail.models import BulkRow
from vaguemestre.post.mailstore.values import Flag, MessageRef
from vaguemestre.post.outbox.events import MessageQueued, MessageRefused
from vaguemestre.post.outbox.handlers import send as send_queued
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.ports import submit
from vaguemestre.post.outbox.services import cancel_message

pytestmark = pytest.mark.django_db(transaction=True)
FRAGMENT = {"HX-Request": "true"}
TOMORROW = timedelta(days=1)


def scheduled(writer: Writer, mailboxes: MemoryMailboxes, due_at: datetime, *, is_saved: bool = True) -> str:
    """Outbox key of a message with that due date, written an hour before."""
    key, now = new_key(), due_at - timedelta(hours=1)
    written = DraftFields(to="a@b.fr", subject="Sortie", html="<p>x</p>")
    if is_saved:
        save(writer, key, mailboxes, 0, to=written.to, subject=written.subject, html=written.html)
    return services.send_draft(writer, key, written, 1, due_at, limit=LIMIT, now=now).key


def draft_ref(box: MemoryMailbox) -> MessageRef:
    (row,) = box.page("Drafts", 0, 9).rows
    return row.ref


def act(browser: Client, name: str, ref: MessageRef, **fields: str) -> dict[str, str]:
    typed = {"ref": ref_text(ref), **fields}
    answer = browser.post(f"/messagerie/actes/{name}/", typed, headers=FRAGMENT)
    assert answer.status_code == 200, answer.content
    told: dict[str, str] = answer.json()
    return told


def notices() -> list[str]:
    rows = DBTaskResult.objects.filter(args_kwargs__icontains="message-refused")
    return [str(row.args_kwargs) for row in rows.filter(args_kwargs__icontains="notify_owner")]


@pytest.mark.parametrize("name", ["delete", "archive"])
def test_throwing_away_the_draft_cancels_what_was_to_leave_and_says_so(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, browser: Client, name: str
) -> None:
    scheduled(writer, mailboxes, timezone.now() + TOMORROW)
    box.flag([draft_ref(box)], (Flag.SCHEDULED,), ())
    told = act(browser, name, draft_ref(box))
    assert "envoi programmé est annulé" in told["more"]
    (row,) = box.page(told["folder"], 0, 9).rows
    assert Flag.SCHEDULED not in row.flags
    assert OutboxMessage.objects.get().state == "cancelled"
    assert not Composition.objects.get().is_sending, "brought back, it is a draft like any other"
    assert not notices(), "said on the page"


def test_the_draft_of_what_leaves_in_ten_seconds_is_not_what_stops_it(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, browser: Client
) -> None:
    key, now = new_key(), timezone.now()
    save(writer, key, mailboxes, 0, to="a@b.fr")
    services.send_draft(
        writer, key, DraftFields(to="a@b.fr"), 1, now + timedelta(seconds=30), limit=LIMIT, now=now
    )
    assert act(browser, "delete", draft_ref(box))["more"] == ""
    assert OutboxMessage.objects.get().state == "held"


def test_marking_the_draft_or_moving_another_message_cancels_nothing(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, browser: Client
) -> None:
    scheduled(writer, mailboxes, timezone.now() + TOMORROW)
    other = box.append("INBOX", b"Subject: x\r\n\r\nx", (), NOON)
    act(browser, "flag", draft_ref(box))
    assert act(browser, "delete", other)["more"] == ""
    assert OutboxMessage.objects.get().state == "held"


def test_emptying_the_drafts_at_once_cancels_too(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, browser: Client
) -> None:
    scheduled(writer, mailboxes, timezone.now() + TOMORROW)
    bulk = browser.post("/messagerie/lots/", {"act": "delete", "folder": "Drafts"}).json()
    run_bulk(BulkRequested(bulk["id"]))
    assert OutboxMessage.objects.get().state == "cancelled"
    assert "envoi programmé est annulé" in browser.get(f"/messagerie/lots/{bulk['id']}/").json()["reason"]
    assert BulkRow.objects.get().state == "done"


def mailing(writer: Writer, mailboxes: MemoryMailboxes, due_at: datetime) -> Mailing:
    key = new_key()
    save(writer, key, mailboxes, 0, subject="Sortie", html="<p>x</p>")
    row = Composition.objects.get()
    Composition.objects.update(is_sending=True)
    made = Mailing.objects.create(
        account_id=writer.account_id, composition=row, key=key, series=key[::-1], state="running",
        created_at=NOON, due_at=due_at,
    )  # fmt: skip
    MailingCopy.objects.create(mailing=made, number=1, address="x@y.fr")
    return made


def test_a_scheduled_mailing_is_given_back_when_its_draft_is_thrown_away(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, browser: Client
) -> None:
    made = mailing(writer, mailboxes, timezone.now() + TOMORROW)
    assert "annulé" in act(browser, "delete", draft_ref(box))["more"]
    made.refresh_from_db()
    assert (made.state, made.due_at, Composition.objects.get().is_sending) == ("ready", None, False)


class TestAtItsHour:
    @pytest.fixture(autouse=True)
    def _nothing_is_submitted(self) -> object:
        before, self.left = submit.get(), []
        submit.replace(lambda *args, **kwargs: self.left.append(args))
        yield
        submit.replace(before)

    def leave(self) -> OutboxMessage:
        row = OutboxMessage.objects.get()
        with suppress(EngineDown):  # no mail store to file it in
            send_queued(MessageQueued(row.pk))
        row.refresh_from_db()
        return row

    def test_a_draft_thrown_away_by_another_program_stops_the_message_and_is_told(
        self, writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
    ) -> None:
        key = scheduled(writer, mailboxes, timezone.now() - timedelta(seconds=1))
        box.move([draft_ref(box)], "Trash")
        row = self.leave()
        assert (row.state, row.reason, self.left) == ("refused", "outbox.draft-deleted", [])
        for _ in range(2):
            restore_refused_draft(MessageRefused(writer.account_id, key))
        assert len(drafts(box)) == 1, "its text is not lost"
        (told,) = notices()
        assert "Sortie" in told
        assert "Brouillons" in told

    @pytest.mark.parametrize("is_saved", [True, False])
    def test_a_draft_that_is_kept_or_never_was_stops_nothing(
        self, writer: Writer, mailboxes: MemoryMailboxes, is_saved: bool
    ) -> None:
        scheduled(writer, mailboxes, timezone.now() - timedelta(seconds=1), is_saved=is_saved)
        self.leave()
        assert len(self.left) == 1


def test_a_message_refused_after_its_author_left_the_page_is_told_by_mail(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = scheduled(writer, mailboxes, timezone.now())
    OutboxMessage.objects.update(state="refused", reason="outbox.refused-address x@ac-amiens.test")
    for _ in range(2):
        restore_refused_draft(MessageRefused(writer.account_id, key))
    (told,) = notices()
    assert "Sortie" in told
    assert "x@ac-amiens.test" in told
    assert len(drafts(box)) == 1


def test_a_message_its_author_took_back_is_told_to_nobody(writer: Writer, mailboxes: MemoryMailboxes) -> None:
    key = scheduled(writer, mailboxes, NOON)
    with transaction.atomic():
        cancel_message(writer.account_id, key, by="test", now=NOON)
    assert not notices()
