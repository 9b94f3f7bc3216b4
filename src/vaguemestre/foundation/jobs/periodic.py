"""Periodic tasks of the rooms, each with a next time of its own: one that raises or hangs delays no other."""

import logging
import time
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread

from django.db import close_old_connections

from vaguemestre.foundation.jobs.rules import pause_after

log = logging.getLogger(__name__)

LANES = 3  # tasks at once; as many may hang before the others wait
_LOOK_SECONDS = 1.0


class PeriodicTasks:
    """Runs tasks when they are due; a failed one is tried again after a growing pause."""

    def __init__(
        self, tasks: Sequence[Callable[[], object]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tasks = tuple(tasks)
        self._clock = clock
        self._due = [0.0] * len(self._tasks)
        self._failures = [0] * len(self._tasks)
        self._running: set[int] = set()
        self._lock = Lock()
        self._stopped = Event()

    def run_due(self) -> None:
        """Run every task that is due and not running in another lane."""
        for number, task in enumerate(self._tasks):
            with self._lock:
                if number in self._running or self._clock() < self._due[number]:
                    continue
                self._running.add(number)
            self._run(number, task)

    def start(self) -> None:
        """Run them in threads until the process ends; whatever one of them does, jobs go on."""
        for lane in range(LANES):
            Thread(target=self._follow, name=f"periodic-{lane}", daemon=True).start()

    def stop(self) -> None:
        """Start no task any more."""
        self._stopped.set()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            self.run_due()
            self._stopped.wait(_LOOK_SECONDS)

    def _run(self, number: int, task: Callable[[], object]) -> None:
        failures = self._failures[number] + 1
        try:
            close_old_connections()
            task()
            failures = 0
        except Exception:
            log.exception("periodic task %s failed, %d times in a row", _name(task), failures)
        finally:
            with self._lock:
                self._failures[number] = failures
                self._due[number] = self._clock() + pause_after(failures).total_seconds()
                self._running.discard(number)


def _name(task: Callable[[], object]) -> str:
    return f"{task.__module__}:{getattr(task, '__qualname__', type(task).__name__)}"
