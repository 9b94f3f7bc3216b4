"""A mailbox that is not answered does not take every thread of a worker."""

import threading
import time
from dataclasses import dataclass, field

import pytest

from vaguemestre.engines.imap.store import fairness
from vaguemestre.engines.imap.store.fairness import FairTurns
from vaguemestre.foundation.kernel.errors import EngineDown

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
            may_end.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    began.wait(10)
    may_end.set()
    with kept.turn(MARIE, Request()):
        pass
    thread.join(10)


def test_after_no_answer_one_question_is_asked_at_a_time() -> None:
    now = [100.0]
    kept = FairTurns(3, clock=lambda: now[0])
    with pytest.raises(EngineDown), kept.turn(MARIE, Request(now[0] - 3)):
        raise EngineDown("imap: no answer in time")
    with kept.turn(MARIE, Request(SILENT_ONE)):
        with pytest.raises(EngineDown), kept.turn(MARIE, Request()):
            pytest.fail("let in")
        now[0] += fairness.REMEMBERED_SECONDS
        with kept.turn(MARIE, Request()):
            pass  # forgotten


def test_a_refusal_for_another_reason_is_not_held_against_the_mailbox() -> None:
    kept = FairTurns(2)
    with pytest.raises(EngineDown), kept.turn(MARIE, Request()):
        raise EngineDown("imap: INUSE")
    with kept.turn(MARIE, Request()), kept.turn(MARIE, Request()):
        pass
