"""Each message leaves once, whatever is killed and however often it is asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.post.outbox.letters import NOON

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.post.outbox import services
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.ports import CheckDueDate, NotSubmitted
from vaguemestre.post.outbox.queries import find_outgoing, sending_preferences, waiting_messages
from vaguemestre.post.outbox.rules.hours import UNDO_CHOICES
from vaguemestre.post.outbox.values import (
    Acceptance,
    MessageToSend,
    Recipient,
    SendingPreferences,
    StoredReference,
)

pytestmark = pytest.mark.django_db
CONTENT = b"From: a@b.fr\r\nMessage-ID: <k.1@ac-amiens.test>\r\n\r\nBonjour\r\n"


class Killed(BaseException):
    """What a process feels of kill -9: nothing after this point is run."""


@dataclass
class World:
    """A submission service and a mail store that remember, and may be struck at any point."""

    queue: list[str] = field(default_factory=list)
    sent: dict[str, bytes] = field(default_factory=dict)
    unseen: Acceptance = Acceptance.NO  # what is said of a message that was not seen
    before_submit: Callable[[], None] = lambda: None
    after_submit: Callable[[], None] = lambda: None
    mark: Callable[[], bool] = lambda: True
    answered: list[StoredReference | None] = field(default_factory=list)  # what filing has still to mark
    before_file: Callable[[], None] = lambda: None
    after_file: Callable[[], None] = lambda: None

    def submit(
        self, mailbox: str, sender: str, recipients: list[str], content: bytes, *, report: bool = False
    ) -> None:
        self.before_submit()
        self.queue.append("<k.1@ac-amiens.test>")
        self.after_submit()

    def accepted(self, message_id: str, attempted_at: datetime) -> Acceptance:
        return Acceptance.YES if message_id in self.queue else self.unseen

    @contextmanager
    def mark_answered(self, mailbox: str, answered: StoredReference | None) -> Iterator[Callable[[], bool]]:
        yield self.mark

    def file_sent(
        self,
        mailbox: str,
        content: bytes,
        message_id: str,
        answered: StoredReference | None,
        draft: StoredReference | None,
        at: datetime,
        *,
        may_exist: bool = True,
    ) -> None:
        self.before_file()
        assert may_exist or message_id not in self.sent, "it would be filed twice"
        self.answered.append(answered)
        self.sent.setdefault(message_id, content)
        self.after_file()

    def run(self, outbox_id: int, now: datetime) -> None:
        services.send_message(
            outbox_id,
            submit=self.submit,
            was_accepted=self.accepted,
            mark_answered=self.mark_answered,
            file_sent=self.file_sent,
            now=now,
        )


def once(error: BaseException) -> Callable[[], None]:
    left = [error]

    def strike() -> None:
        if left:
            raise left.pop()

    return strike


def parcel(account_id: int, **changed: Any) -> MessageToSend:
    given = {
        "account_id": account_id,
        "key": "k.1",
        "message_id": "<k.1@ac-amiens.test>",
        "sender": "a@b.fr",
        "recipients": ("x@dehors.example", "secret@dehors.example"),
        "bcc": (Recipient("", "secret@dehors.example"),),
        "subject": "Sortie",
        "content": CONTENT,
        "due_at": NOON + timedelta(seconds=12),
    }
    return MessageToSend(**{**given, **changed})


def queued(now: datetime = NOON, **changed: Any) -> int:
    mine = account(username=f"u{OutboxMessage.objects.count()}")
    with transaction.atomic():
        return services.queue_message(parcel(mine.pk, **changed), by="test", now=now)


DUE = NOON + timedelta(seconds=12)
LATER = DUE + services.LEASE


def test_a_message_is_submitted_then_filed_with_its_hidden_recipients() -> None:
    world, outgoing = World(), queued()
    world.run(outgoing, DUE)
    row = OutboxMessage.objects.get()
    assert row.state == "filed"
    assert world.sent == {row.message_id: b"Bcc: secret@dehors.example\r\n" + CONTENT}
    assert bytes(row.content) == b"", "the copy in sent mail is the one that stays"
    assert Entry.objects.filter(action="outbox.message-sent").count() == 1


ORIGINAL: StoredReference = {"folder": "INBOX", "uid_validity": 1, "uid": 7}


def test_the_original_is_marked_as_soon_as_the_answer_is_accepted() -> None:
    world, outgoing = World(), queued(answered=ORIGINAL)
    seen = []

    def mark() -> bool:
        row = OutboxMessage.objects.get()
        seen.append((len(world.queue), row.state, len(world.sent)))
        return True

    world.mark = mark
    world.run(outgoing, DUE)
    assert seen == [(1, "queued", 0)], "accepted, and nothing else done yet"
    assert world.answered == [None], "filing has nothing left to mark"


def test_a_mark_that_could_not_be_set_is_left_to_filing() -> None:
    world, outgoing = World(mark=lambda: False), queued(answered=ORIGINAL)
    world.run(outgoing, DUE)
    assert world.answered == [ORIGINAL]


def test_the_mark_of_a_message_that_is_refused_is_not_set() -> None:
    marked = []
    world, outgoing = World(mark=lambda: bool(marked.append(1))), queued(answered=ORIGINAL)
    world.before_submit = once(EngineRefused("smtp: 550 5.1.1 <x@ac-amiens.test>: User unknown"))
    world.run(outgoing, DUE)
    assert marked == []


def test_nothing_leaves_before_its_hour_and_the_job_comes_back() -> None:
    world, outgoing = World(), queued()
    world.run(outgoing, NOON + timedelta(seconds=11))
    assert world.queue == []
    assert OutboxMessage.objects.get().state == "held"
    assert DBTaskResult.objects.filter(run_after=DUE).count() == 2


def test_the_same_key_is_the_same_message() -> None:
    mine = account()
    with transaction.atomic():
        first = services.queue_message(parcel(mine.pk), by="test", now=NOON)
        second = services.queue_message(parcel(mine.pk, content=b"other"), by="test", now=NOON)
    assert first == second
    assert bytes(OutboxMessage.objects.get().content) == CONTENT
    assert DBTaskResult.objects.count() == 1


def test_running_again_after_the_end_changes_nothing() -> None:
    world, outgoing = World(), queued()
    for _ in range(3):
        world.run(outgoing, DUE)
    assert len(world.queue) == 1


@pytest.mark.parametrize("step", ["before_submit", "after_submit", "before_file", "after_file"])
def test_killed_at_any_step_it_still_leaves_exactly_once(step: str) -> None:
    world, outgoing = World(), queued()
    setattr(world, step, once(Killed()))
    with pytest.raises(Killed):
        world.run(outgoing, DUE)
    world.run(outgoing, LATER)
    assert len(world.queue) == 1
    assert len(world.sent) == 1
    assert OutboxMessage.objects.get().state == "filed"


@pytest.mark.parametrize("step", ["before_submit", "after_submit", "before_file", "after_file"])
def test_an_engine_that_goes_away_at_any_step_delays_and_never_doubles(step: str) -> None:
    world, outgoing = World(), queued()
    setattr(world, step, once(EngineDown("away")))
    with pytest.raises(EngineDown):
        world.run(outgoing, DUE)
    world.run(outgoing, DUE + timedelta(seconds=1))
    assert len(world.queue) == 1
    assert len(world.sent) == 1
    assert OutboxMessage.objects.get().state == "filed"


def test_while_one_worker_submits_another_waits() -> None:
    world, outgoing = World(), queued()
    seen = []

    def second_worker() -> None:
        world.run(outgoing, DUE + timedelta(seconds=1))
        seen.append(DBTaskResult.objects.latest("enqueued_at").run_after)

    world.before_submit = second_worker
    world.run(outgoing, DUE)
    assert seen == [DUE + services.LEASE]  # when the first one's time is over, no later
    assert len(world.queue) == 1


def test_as_long_as_nobody_can_tell_whether_it_left_it_is_not_sent_again() -> None:
    world, outgoing = World(), queued()
    world.after_submit = once(Killed())
    with pytest.raises(Killed):
        world.run(outgoing, DUE)

    def unknown(message_id: str, attempted_at: datetime) -> Acceptance:
        raise EngineDown("no log")

    with pytest.raises(EngineDown):
        services.send_message(
            outgoing,
            submit=world.submit,
            was_accepted=unknown,
            mark_answered=world.mark_answered,
            file_sent=world.file_sent,
            now=LATER,
        )
    assert len(world.queue) == 1


def test_a_doubtful_message_waits_until_it_can_be_accepted_no_more_and_is_asked_about_meanwhile() -> None:
    world, outgoing = World(unseen=Acceptance.UNKNOWN), queued()
    world.before_submit = once(EngineDown("the connection broke after the last byte"))
    with pytest.raises(EngineDown):
        world.run(outgoing, DUE)
    for seconds in (1, 60, 120):
        asked_at = DUE + timedelta(seconds=seconds)
        world.run(outgoing, asked_at)
        assert world.queue == []
        assert DBTaskResult.objects.latest("enqueued_at").run_after == asked_at + services.retry.DOUBT_PACE
    assert OutboxMessage.objects.get().attempted_at == DUE - services.LEASE, "the attempt that is in doubt"
    world.unseen = Acceptance.NO
    world.run(outgoing, DUE + timedelta(seconds=190))
    assert len(world.queue) == 1
    assert OutboxMessage.objects.get().state == "filed"


def test_what_perhaps_left_is_not_sent_again_and_its_author_is_told() -> None:
    world, outgoing = World(unseen=Acceptance.UNTOLD), queued()
    world.before_submit = once(EngineDown("the connection broke after the last byte"))
    with pytest.raises(EngineDown):
        world.run(outgoing, DUE)
    world.run(outgoing, LATER)
    row = OutboxMessage.objects.get()
    assert (world.queue, row.state, row.reason) == ([], OutboxMessage.State.REFUSED, "outbox.perhaps-left")
    world.run(outgoing, LATER + 2 * services.LEASE)
    assert world.queue == []


def test_an_answer_about_one_attempt_sends_nothing_after_another_attempt() -> None:
    """Two workers ask about the same doubt; one submits again and loses the answer while the other asks."""
    world, outgoing = World(), queued()
    world.before_submit = once(EngineDown("lost before the text had arrived"))
    with pytest.raises(EngineDown):
        world.run(outgoing, DUE)

    def nothing_until_the_other_has_tried(message_id: str, attempted_at: datetime) -> Acceptance:
        world.after_submit = once(EngineDown("lost after it had arrived"))
        with pytest.raises(EngineDown):
            world.run(outgoing, LATER)
        return Acceptance.NO

    services.send_message(
        outgoing,
        submit=world.submit,
        was_accepted=nothing_until_the_other_has_tried,
        mark_answered=world.mark_answered,
        file_sent=world.file_sent,
        now=LATER + timedelta(seconds=1),
    )
    world.run(outgoing, LATER + services.LEASE)
    assert world.queue == ["<k.1@ac-amiens.test>"]
    assert OutboxMessage.objects.get(pk=outgoing).state == OutboxMessage.State.FILED


def test_what_was_surely_not_submitted_is_tried_again_without_a_doubt() -> None:
    world, outgoing = World(unseen=Acceptance.UNKNOWN), queued()
    world.before_submit = once(NotSubmitted("connection refused"))
    with pytest.raises(EngineDown):
        world.run(outgoing, DUE)
    world.run(outgoing, DUE + timedelta(seconds=1))
    assert len(world.queue) == 1
    assert OutboxMessage.objects.get().state == "filed"


def test_a_held_message_can_be_taken_back_twice_is_once_and_never_leaves() -> None:
    world, outgoing = World(), queued()
    mine = OutboxMessage.objects.get().account_id
    for _ in range(2):
        with transaction.atomic():
            services.cancel_message(mine, "k.1", by="test", now=NOON)
    world.run(outgoing, DUE)
    assert world.queue == []
    assert Entry.objects.filter(action="outbox.message-cancelled").count() == 1


def test_a_message_that_left_cannot_be_taken_back() -> None:
    world, outgoing = World(), queued()
    world.run(outgoing, DUE)
    mine = OutboxMessage.objects.get().account_id
    with pytest.raises(Refusal, match="already-left"), transaction.atomic():
        services.cancel_message(mine, "k.1", by="test", now=DUE)


def test_nobody_takes_back_the_message_of_another() -> None:
    queued()
    other = account(username="other")
    with pytest.raises(Refusal, match="unknown"), transaction.atomic():
        services.cancel_message(other.pk, "k.1", by="test", now=NOON)
    assert find_outgoing(other.pk, "k.1") is None


def put_off(account_id: int, key: str, due_at: datetime, check: CheckDueDate = lambda *_: None) -> None:
    services.reschedule_message(account_id, key, due_at, check_due_date=check, by="test", now=NOON)


def test_a_message_put_off_leaves_at_its_new_hour_and_not_before() -> None:
    world, outgoing = World(), queued()
    mine, later = OutboxMessage.objects.get().account_id, DUE + timedelta(days=1)
    put_off(mine, "k.1", later)
    assert DBTaskResult.objects.latest("enqueued_at").run_after == later
    world.run(outgoing, DUE)
    assert world.queue == []
    world.run(outgoing, later)
    assert len(world.queue) == 1
    assert Entry.objects.filter(action="outbox.message-rescheduled").count() == 1


@pytest.mark.parametrize(
    ("key", "state", "hours", "told"),
    [
        ("k.1", "held", 0, "later-is-past"),
        ("k.1", "queued", 1, "already-left"),
        ("k.1", "cancelled", 1, "already-left"),
        ("another", "held", 1, "unknown"),
    ],
)
def test_what_cannot_be_put_off_keeps_its_hour(key: str, state: str, hours: int, told: str) -> None:
    queued()
    OutboxMessage.objects.update(state=state)
    mine = OutboxMessage.objects.get().account_id
    with pytest.raises(Refusal, match=told):
        put_off(mine, key, NOON + timedelta(hours=hours))
    assert OutboxMessage.objects.get().due_at == DUE


def test_a_message_whose_content_does_not_last_until_then_keeps_its_hour() -> None:
    queued()
    mine, later = OutboxMessage.objects.get().account_id, DUE + timedelta(days=1)
    asked = []

    def check(account_id: int, key: str, due_at: datetime) -> None:
        asked.append((account_id, key, due_at))
        raise Refusal("compose.link-ends")

    with pytest.raises(Refusal, match="link-ends"):
        put_off(mine, "k.1", later, check)
    assert asked == [(mine, "k.1", later)]
    assert OutboxMessage.objects.get().due_at == DUE


def test_sending_preferences_are_a_persons_own_and_only_a_delay_that_is_offered_is_applied() -> None:
    mine, other = account(), account(username="other")
    chosen = SendingPreferences(UNDO_CHOICES[-1], offers_quiet_hours=False)
    services.save_sending_preferences(mine.pk, chosen)
    assert sending_preferences(mine.pk, undo_seconds=12) == chosen
    assert sending_preferences(other.pk, undo_seconds=12) == SendingPreferences(12, offers_quiet_hours=True)
    services.save_sending_preferences(mine.pk, SendingPreferences(max(UNDO_CHOICES) + 1, True))
    assert sending_preferences(mine.pk, undo_seconds=12) == SendingPreferences(12, offers_quiet_hours=True)


def test_a_refusal_at_submission_is_told_in_words() -> None:
    world, outgoing = World(), queued()
    world.before_submit = once(EngineRefused("smtp: 550 5.1.1 <x@ac-amiens.test>: User unknown"))
    world.run(outgoing, DUE)
    row = OutboxMessage.objects.get()
    assert (row.state, row.reason) == ("refused", "outbox.refused-recipient")
    assert [message.state for message in waiting_messages(row.account_id)] == ["refused"]


def test_a_copy_that_finds_no_room_is_tried_again_and_the_message_not_sent_again() -> None:
    world, outgoing = World(), queued()
    world.before_file = once(EngineRefused("quota"))
    with pytest.raises(EngineDown):
        world.run(outgoing, DUE)
    row = OutboxMessage.objects.get()
    assert (row.state, row.reason) == ("submitted", "outbox.copy-refused")
    world.run(outgoing, LATER)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("filed", "")
    assert len(world.queue) == 1


@pytest.mark.parametrize("state", ["held", "queued", "submitted"])
def test_what_lost_its_job_is_found_again(state: str) -> None:
    queued()
    DBTaskResult.objects.all().delete()
    OutboxMessage.objects.update(state=state, submitted_at=DUE if state == "submitted" else None)
    assert services.retry_overdue_messages(now=DUE) == 0
    assert services.retry_overdue_messages(now=DUE + 3 * services.LEASE) == 1
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
)
def test_on_the_nights_clocks_change_a_message_leaves_at_its_instant(day: datetime) -> None:
    world = World()
    outgoing = queued(due_at=day, now=day - timedelta(hours=5))
    world.run(outgoing, day - timedelta(seconds=1))
    assert world.queue == []
    world.run(outgoing, day)
    assert len(world.queue) == 1


@pytest.mark.parametrize("moved", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_clock_moved_by_an_hour_sends_once(moved: timedelta) -> None:
    world, outgoing = World(), queued()
    for moment in (NOON, NOON + moved, DUE + moved, DUE, DUE + moved, DUE + timedelta(hours=1)):
        world.run(outgoing, moment)
    assert len(world.queue) == len(world.sent) == 1


@pytest.mark.django_db(transaction=True)
def test_what_waited_in_a_backup_does_not_leave_again_and_what_is_not_due_waits_on() -> None:
    due = queued()
    later = queued(key="later", message_id="<k.2@ac-amiens.test>", due_at=NOON + timedelta(days=2))
    assert services.withdraw_due_messages(now=NOON + timedelta(hours=1)) == 1
    rows = dict(OutboxMessage.objects.values_list("pk", "state"))
    assert (rows[due], rows[later]) == ("refused", "held")


def test_two_workers_do_not_file_one_message_at_once() -> None:
    """Each would look for a copy, find none, and add its own."""
    world, outbox_id = World(), queued()
    filings: list[int] = []

    def another_worker() -> None:
        filings.append(outbox_id)
        if len(filings) == 1:
            world.run(outbox_id, LATER + timedelta(seconds=1))

    world.before_file = another_worker
    world.after_submit = once(Killed())
    with pytest.raises(Killed):
        world.run(outbox_id, DUE)
    world.run(outbox_id, LATER)
    assert filings == [outbox_id]
    assert OutboxMessage.objects.get(pk=outbox_id).state == "filed"
