"""Whether an interrupted submission was accepted is said once it is certain, and not before."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from tests.access.signin.people import account

from vaguemestre.engines.postfix import timeouts
from vaguemestre.engines.postfix.mail_queue import Queued
from vaguemestre.post.outbox.models import Submission
from vaguemestre.post.outbox.services import LEASE
from vaguemestre.post.outbox.values import Acceptance
from vaguemestre.post.trace.models import LogCursor, MessageStep
from vaguemestre.post.trace.values import StepKind
from vaguemestre.site.adapters.mail_trace import SETTLED_AFTER, AcceptanceEvidence, deliveries_after

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 11, 28, 12, 0, 0, 400_000, tzinfo=UTC)
SETTLED = BEGAN + SETTLED_AFTER
SECOND = timedelta(seconds=1)
MESSAGE, SENDER = "<k.1@ac-amiens.test>", "liste+l7.1d@ac-amiens.test"


@dataclass
class Postfix:
    """Its queue and its log, at a time of its own. While somebody waits, the collector reads on."""

    now: datetime = SETTLED
    queue: list[Queued] = field(default_factory=list)
    collects: bool = True
    writes: bool = True
    meanwhile: Callable[[], None] = lambda: None

    def evidence(self) -> AcceptanceEvidence:
        return AcceptanceEvidence(lambda: self.queue, clock=lambda: self.now, pause=self.pause)

    def pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self.collects:
            self.meanwhile()
            line_at = self.now if self.writes else BEGAN
            read = {"reached_at": self.now, "line_at": line_at}
            LogCursor.objects.update_or_create(name="postfix", defaults=read)

    def ask(self) -> Acceptance:
        return self.evidence().of_message(MESSAGE, BEGAN)


def log(kind: StepKind, queue_id: str = "q1", at: datetime = BEGAN, **said: str) -> None:
    number = MessageStep.objects.count() + 1
    at = at.replace(microsecond=0)
    MessageStep.objects.create(number=number, at=at, engine="postfix", kind=kind, queue_id=queue_id, **said)


def begin(queue_id: str = "q1", at: datetime = BEGAN) -> None:
    log(StepKind.IDENTIFIED, queue_id, at, message_id=MESSAGE)


def in_queue(queue_id: str, sender: str = "a@b") -> Queued:
    return Queued(queue_id, "active", BEGAN, 1, sender, (), ())


def test_the_wait_is_that_of_postfix_own_time_outs() -> None:
    assert timedelta(seconds=timeouts.DECIDED_WITHIN) + LEASE == SETTLED_AFTER
    assert timeouts.DECIDED_WITHIN >= timeouts.ARRIVAL + 2 * timeouts.MILTER_CONTENT


@pytest.mark.parametrize("kind", [StepKind.QUEUED, StepKind.DELIVERED, StepKind.DONE, StepKind.HELD])
def test_what_was_whole_in_the_queue_was_accepted_at_once(kind: StepKind) -> None:
    begin()
    log(kind)
    assert Postfix(now=BEGAN + SECOND).ask() is Acceptance.YES


def test_what_is_in_the_queue_and_in_no_log_was_accepted() -> None:
    begin()
    assert Postfix(now=BEGAN + SECOND, queue=[in_queue("q1")]).ask() is Acceptance.YES
    assert Postfix(now=BEGAN + SECOND, queue=[in_queue("q2")]).ask() is Acceptance.UNKNOWN


def test_what_cleanup_named_and_nobody_kept_yet_is_not_known_before_postfix_gave_up() -> None:
    """A disk that stalls: the message is accepted after the client has gone."""
    begin()
    assert Postfix(now=SETTLED - SECOND).ask() is Acceptance.UNKNOWN
    assert Postfix(now=SETTLED).ask() is Acceptance.NO


def test_what_was_cut_short_was_not_accepted_and_is_known_at_once() -> None:
    begin()
    log(StepKind.ABANDONED)
    assert Postfix(now=BEGAN + SECOND).ask() is Acceptance.NO


def test_an_attempt_cut_short_before_says_nothing_of_this_one() -> None:
    begin(at=BEGAN - timedelta(minutes=9))
    log(StepKind.ABANDONED, at=BEGAN - timedelta(minutes=9))
    assert Postfix(now=BEGAN + SECOND).ask() is Acceptance.UNKNOWN
    begin("q2")
    log(StepKind.ABANDONED, at=BEGAN + SECOND)
    assert Postfix(now=BEGAN + SECOND).ask() is Acceptance.UNKNOWN, "q2 is still being read"


def test_a_message_held_then_cut_short_was_not_accepted() -> None:
    begin()
    log(StepKind.HELD)
    log(StepKind.ABANDONED)
    assert Postfix(now=BEGAN + SECOND).ask() is Acceptance.NO


def test_while_the_collector_is_away_nobody_can_tell() -> None:
    LogCursor.objects.create(name="postfix", reached_at=BEGAN)
    assert Postfix(collects=False).ask() is Acceptance.UNKNOWN
    assert Postfix().ask() is Acceptance.NO


def test_while_the_log_is_silent_nobody_can_tell() -> None:
    """What Postfix takes is no longer written, and its queue is soon empty."""
    judged("q9")
    assert Postfix(writes=False).ask() is Acceptance.UNKNOWN


def be_silent(began: datetime, ended: datetime, name: str = "postfix") -> None:
    read = SETTLED + timedelta(hours=1)
    LogCursor.objects.create(name=name, reached_at=read, line_at=read, silent_from=began, silent_until=ended)


@pytest.mark.parametrize("begins", [-200, -10, 0, 30, SETTLED_AFTER.total_seconds() - 1])
def test_what_was_judged_while_the_log_was_silent_is_never_known(begins: float) -> None:
    judged("q9")
    began = BEGAN + begins * SECOND
    be_silent(began, began + 250 * SECOND)
    assert Postfix().ask() is Acceptance.UNTOLD


def test_a_log_silent_on_another_machine_leaves_a_doubt_too() -> None:
    judged("q9")
    be_silent(BEGAN, SETTLED, "postfix@mx2")
    assert Postfix(now=SETTLED).evidence().of_sender(SENDER, BEGAN) is Acceptance.UNTOLD


@pytest.mark.parametrize(("began", "ended"), [(-900, -1), (SETTLED_AFTER.total_seconds() + 1, 900)])
def test_a_silence_at_another_time_says_nothing(began: float, ended: float) -> None:
    judged("q9")
    be_silent(BEGAN + began * SECOND, BEGAN + ended * SECOND)
    assert Postfix().ask() is Acceptance.NO


def test_what_no_policy_judged_was_not_accepted_whatever_the_log_missed() -> None:
    """A message is judged, and that is stored, before Postfix takes it."""
    be_silent(BEGAN, SETTLED)
    assert Postfix().ask() is Acceptance.NO


def test_what_is_still_in_the_queue_after_a_silence_was_accepted() -> None:
    judged("q9")
    be_silent(BEGAN, SETTLED)
    assert Postfix(queue=[in_queue("q9")]).ask() is Acceptance.YES


def test_what_left_the_queue_between_two_looks_is_found_in_the_log_read_since() -> None:
    begin()
    postfix = Postfix(meanwhile=lambda: log(StepKind.DONE))
    assert postfix.ask() is Acceptance.YES


def test_a_batch_of_a_list_is_known_by_its_envelope_sender() -> None:
    evidence = Postfix().evidence()
    assert evidence.of_sender(SENDER, BEGAN) is Acceptance.NO
    log(StepKind.QUEUED, sender=SENDER)
    assert evidence.of_sender(SENDER, BEGAN) is Acceptance.YES
    other = Postfix(now=BEGAN, queue=[in_queue("q9", "other@x")]).evidence()
    assert other.of_sender("other@x", BEGAN) is Acceptance.YES
    assert other.of_sender("nobody@x", BEGAN) is Acceptance.UNKNOWN


def test_statuses_come_from_the_steps_of_recipients_in_their_order() -> None:
    log(StepKind.QUEUED, sender="a@b")
    log(StepKind.DEFERRED, recipient="x@y", status="4.4.1", detail="timed out")
    log(StepKind.DELIVERED, recipient="x@y", status="2.0.0", detail="250 ok")
    events, last = deliveries_after(0)
    assert [(event.queue_id, event.state, event.status) for event in events] == [
        ("q1", "delayed", "4.4.1"), ("q1", "delivered", "2.0.0"),
    ]  # fmt: skip
    assert deliveries_after(last) == ([], last)


def judged(queue_id: str) -> None:
    """The submission policy said yes under that name."""
    Submission.objects.create(
        account=account("marie"),
        queue_id=queue_id,
        message_id=MESSAGE,
        recipients=["a@b.example"],
        counted=1,
        at=BEGAN,
    )


def test_what_the_log_lost_in_a_power_cut_is_known_by_the_policy() -> None:
    judged("q9")
    assert Postfix(now=BEGAN + SECOND, queue=[in_queue("q9")]).ask() is Acceptance.YES
    assert Postfix(now=BEGAN + SECOND).ask() is Acceptance.UNKNOWN
    log(StepKind.DELIVERED, "q9")  # after the power is back; the line that named the message is lost
    assert Postfix(now=BEGAN + SECOND).ask() is Acceptance.YES


def test_what_the_policy_let_pass_and_postfix_did_not_keep_was_not_accepted() -> None:
    judged("q9")
    assert Postfix().ask() is Acceptance.NO
