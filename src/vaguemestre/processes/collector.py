"""The process named `collector`: follows the logs of Postfix and Dovecot, and stores the steps of messages.

`python -m vaguemestre.processes.collector`. On a machine of a pod it also tells the others how that one is.
"""

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import django
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from vaguemestre.post.trace.ports import ReadSteps, log_readers

log = logging.getLogger("collector")

_LOOK_EVERY = 0.3  # seconds between two looks: what came meanwhile is one transaction
_MANY = 1000  # steps of one look: there are more to read

type Collect = Callable[..., int]


class Look(NamedTuple):
    """What one look at the logs came to."""

    steps: int  # stored
    is_sound: bool  # each log was read and stored, or waits for the database alone


def collect_all(collect: Collect, readers: Mapping[str, ReadSteps]) -> Look:
    """Store what each log has gained; what fails is told, and tried again later."""
    close_old_connections()
    steps, is_sound = 0, True
    for name, read_steps in readers.items():
        try:
            steps += collect(name, read_steps, now=timezone.now())
        except DatabaseError as error:  # whose own alarms name it
            log.warning("the log of %s waits: %s", name, type(error).__name__)
        except OSError as error:
            is_sound = False
            log.warning("the log of %s waits: %s", name, type(error).__name__)
        except Exception:  # a defect, told each time: the other log is still read
            is_sound = False
            log.exception("the log of %s could not be read", name)
    return Look(steps, is_sound)


def serve(collect: Collect, readers: Mapping[str, ReadSteps], heartbeat: Path, stop: threading.Event) -> None:
    """Follow the logs until told to stop; give no sign of life while one of them cannot be read."""
    while not stop.is_set():
        look = collect_all(collect, readers)
        if look.is_sound:
            with contextlib.suppress(OSError):
                os.utime(heartbeat)
        if look.steps < _MANY:
            stop.wait(_LOOK_EVERY)


def give_signs() -> None:
    """Tell the other machines how this one is, again and again."""
    checks = import_string("vaguemestre.foundation.cluster.ports.own_checks").get()
    import_string("vaguemestre.foundation.cluster.beat.start")(settings.CONFIG.machine, checks)


def main() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    heartbeat = Path(settings.CONFIG.run_dir) / "collector.heartbeat"
    with contextlib.suppress(OSError):
        heartbeat.touch()
    if settings.CONFIG.served_pod:  # it has no worker, and this one runs whether the pod is here or not
        give_signs()
    collect = import_string("vaguemestre.post.trace.services.collect_steps")
    serve(collect, log_readers.get(), heartbeat, stop)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    django.setup()
    main()
