"""The heartbeat of a machine: a row that a thread of its worker updates, for the other machines to see."""

import logging
from threading import Event, Thread

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from vaguemestre.foundation.cluster.ports import Checks
from vaguemestre.foundation.cluster.services import give_sign

log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0


def beat(name: str, checks: Checks) -> None:
    """Store one heartbeat. If the database does not answer, log it: the next beat tries again."""
    try:
        give_sign(name, checks(), now=timezone.now())
    except (DatabaseError, OSError) as error:
        log.warning("no sign given to the other machines: %s", type(error).__name__)
    finally:
        connection.close()


def start(name: str, checks: Checks) -> None:
    """Store a heartbeat every BEAT_SECONDS, until the process ends."""

    def run() -> None:
        rest = Event()
        while True:
            beat(name, checks)
            rest.wait(BEAT_SECONDS)

    Thread(target=run, name="beat", daemon=True).start()
