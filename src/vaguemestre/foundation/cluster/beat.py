"""The heartbeat of a machine: a row that a thread of its worker updates, for the other machines to see.

The same thread writes what each machine has as files, whichever of them decided it.
"""

import logging
from collections.abc import Sequence
from itertools import count
from threading import Event, Thread

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from vaguemestre.foundation.cluster.ports import Checks, WriteOwnFiles
from vaguemestre.foundation.cluster.services import give_sign
from vaguemestre.foundation.kernel.errors import EngineDown

log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
FILES_BEATS = 6


def beat(name: str, checks: Checks) -> None:
    """Store one heartbeat. If the database does not answer, log it: the next beat tries again."""
    try:
        give_sign(name, checks(), now=timezone.now())
    except (DatabaseError, OSError) as error:
        log.warning("no sign given to the other machines: %s", type(error).__name__)
    finally:
        connection.close()


def write_files(files: Sequence[WriteOwnFiles]) -> None:
    """Write them all, each whatever becomes of the others. What fails is logged, and tried again later."""
    for write in files:
        try:
            write()
        except (DatabaseError, EngineDown, OSError) as error:
            log.warning("files of this machine not written: %s", type(error).__name__)
        finally:
            connection.close()


def start(name: str, checks: Checks, files: Sequence[WriteOwnFiles] = ()) -> None:
    """Store a heartbeat every BEAT_SECONDS until the process ends; write `files` at every FILES_BEATS."""

    def run() -> None:
        rest = Event()
        for number in count():
            beat(name, checks)
            if number % FILES_BEATS == 0:
                write_files(files)
            rest.wait(BEAT_SECONDS)

    Thread(target=run, name="beat", daemon=True).start()
