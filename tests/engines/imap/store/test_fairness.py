"""A mailbox that is not answered does not take every thread of a worker."""

import threading
import time
from dataclasses import dataclass, field

import pytest

from vaguemestre.engines.imap.store import fairness
from vaguemestre.engines.imap.store.fairness import FairTurns
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.ports import MailboxSilent

MARIE, PAUL = "marie@ac-amiens.test", "paul@ac-amiens.test"


@dataclass
class Request:
    heard_at: float = field(default_factory=time.monotonic)


SILENT_ONE = -1e9


def test_one_too_many_is_refused_while_the_others_hear_nothing() -> None:
    kept = FairTurns(2)
    with kept.turn(MARIE, Request(SILENT_ONE)), kept.turn(MARIE, Request(SILENT_ONE)):
        with pytest.raises(EngineDown), kept.turn(MARIE, Request()):
            pytest.fail("let in")
        with kept.turn(PAUL, Request()):
            pass  # nobody else waits
    with kept.turn(MARIE, Request()):
        pass


def test_one_too_many_is_let_in_while_another_is_being_answered() -> None:
    kept = FairTurns(1)
    with kept.turn(MARIE, Request(time.monotonic() + 60)), kept.turn(MARIE, Request()):
        pass


def test_the_next_goes_on_as_soon_as_one_ends() -> None:
    kept, began, may_end = FairTurns(1), threading.Event(), threading.Event()

    def first() -> None:
        with kept.turn(MARIE, Request(SILENT_ONE)):
            began.set()
            may_end.wait(60)

    thread = threading.Thread(target=first)
    thread.start()
    began.wait(60)
    may_end.set()
    with kept.turn(MARIE, Request()):
        pass
    thread.join(60)


def test_after_no_answer_one_question_is_asked_at_a_time() -> None:
    now = [100.0]
    kept = FairTurns(3, clock=lambda: now[0])
    with pytest.raises(EngineDown), kept.turn(MARIE, Request(now[0] - 3)):
        raise EngineDown("imap: no answer in time")
    with kept.turn(MARIE, Request(SILENT_ONE)):
        with pytest.raises(EngineDown), kept.turn(MARIE, Request()):
            pytest.fail("let in")
        now[0] += fairness.FIRST_REST_SECONDS
        with kept.turn(MARIE, Request()):
            pass  # rested


def fall_silent(turns: FairTurns, now: list[float]) -> None:
    with pytest.raises(MailboxSilent), turns.turn(MARIE, Request(now[0] - 3)):
        raise EngineDown("imap: no answer in time")


def test_a_job_does_not_wait_for_a_mailbox_that_was_not_answered() -> None:
    now = [100.0]
    turns = FairTurns(3, clock=lambda: now[0])
    fall_silent(turns, now)
    with pytest.raises(MailboxSilent), turns.turn(MARIE, Request(now[0]), is_awaited=False):
        pytest.fail("asked")
    with turns.turn(PAUL, Request(now[0]), is_awaited=False):
        pass  # the jobs of others go on
    with turns.turn(MARIE, Request(now[0])):
        pass  # whoever waits for it may ask


def test_a_mailbox_that_stays_silent_is_asked_less_and_less_until_it_answers() -> None:
    now, rests = [100.0], []
    turns = FairTurns(3, clock=lambda: now[0])
    for _ in range(6):
        fall_silent(turns, now)
        began = now[0]
        while True:
            try:
                with turns.turn(MARIE, Request(now[0]), is_awaited=False):
                    break
            except MailboxSilent:
                now[0] += 1
        rests.append(now[0] - began)
    assert rests == [5, 10, 20, 40, 60, 60]
    with turns.turn(MARIE, Request(now[0] + 0.1)):
        pass  # it answered
    fall_silent(turns, now)
    now[0] += fairness.FIRST_REST_SECONDS
    with turns.turn(MARIE, Request(now[0]), is_awaited=False):
        pass


def test_a_refusal_for_another_reason_is_not_held_against_the_mailbox() -> None:
    kept = FairTurns(2)
    with pytest.raises(EngineDown), kept.turn(MARIE, Request()):
        raise EngineDown("imap: INUSE")
    with kept.turn(MARIE, Request()), kept.turn(MARIE, Request()):
        pass
