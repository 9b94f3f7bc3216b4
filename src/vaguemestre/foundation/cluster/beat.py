"""The heartbeat of a machine: a row that a thread of its worker updates, for the other machines to see.

The same thread brings the engines of its machine in step with the rows, whichever machine decided.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from threading import Event, Thread

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from vaguemestre.foundation.cluster.ports import Checks, OwnRound
from vaguemestre.foundation.cluster.services import give_sign
from vaguemestre.foundation.kernel.errors import EngineDown

log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
ROUND_BEATS = 6


def beat(name: str, checks: Checks, stored: Callable[[], None]) -> None:
    """Store one heartbeat, and tell `stored`. A database that does not answer is logged, and tried again."""
    try:
        give_sign(name, checks(), now=timezone.now())
        stored()
    except (DatabaseError, OSError) as error:
        log.warning("no sign given to the other machines: %s", type(error).__name__)
    finally:
        connection.close()


def run_rounds(rounds: Sequence[OwnRound]) -> None:
    """Run them all, each whatever becomes of the others. What fails is logged, and tried again later."""
    for run_round in rounds:
        try:
            run_round()
        except (DatabaseError, EngineDown, OSError) as error:
            log.warning("engines of this machine not brought in step: %s", type(error).__name__)
        finally:
            connection.close()


def start(
    name: str, checks: Checks, rounds: Sequence[OwnRound] = (), stored: Callable[[], None] = lambda: None
) -> None:
    """Store a heartbeat every BEAT_SECONDS until the process ends; run `rounds` at every ROUND_BEATS.

    `stored`: told of each that was stored, and once before the first.
    """
    with suppress(OSError):  # a full disk
        stored()

    def run() -> None:
        rest = Event()
        for number in count():
            beat(name, checks, stored)
            if number % ROUND_BEATS == 0:
                run_rounds(rounds)
            rest.wait(BEAT_SECONDS)

    Thread(target=run, name="beat", daemon=True).start()
