"""Periodic tasks of the rooms. Each has its own schedule: one that raises or hangs delays no other.

Of several machines, only the leader runs them (`cluster.locks.Leadership`).
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Event, Lock, Thread

from django.db import close_old_connections

from vaguemestre.foundation.jobs.rules import PERIOD, pause_after

log = logging.getLogger(__name__)

LANES = 3  # threads; while one of them is free, a task that hangs delays no other
_POLL_SECONDS = 1.0
_PERIODS: dict[Callable[[], object], timedelta] = {}  # of the tasks that have their own
_WITHOUT_BACKOFF: set[Callable[[], object]] = set()


def every[T: Callable[[], object]](period: timedelta) -> Callable[[T], T]:
    """A periodic task that runs as often as that, not each minute."""

    def mark(task: T) -> T:
        _PERIODS[task] = period
        return task

    return mark


def without_backoff[T: Callable[[], object]](task: T) -> T:
    """A periodic task that comes as often after failures: what tells how the instance is.

    After a growing pause its alarm would stand for an hour after the mend.
    """
    _WITHOUT_BACKOFF.add(task)
    return task


class PeriodicTasks:
    """Runs tasks when they are due, failed ones after a growing pause. `leads`: whether to run any now."""

    def __init__(
        self,
        tasks: Sequence[Callable[[], object]],
        *,
        clock: Callable[[], float] = time.monotonic,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._tasks = tuple(tasks)
        self._clock = clock
        self._leads = leads
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
                if not self._leads():
                    return
                self._running.add(number)
            self._run(number, task)

    def start(self) -> None:
        """Run the tasks in daemon threads until the process ends."""
        for lane in range(LANES):
            Thread(target=self._run_until_stopped, name=f"periodic-{lane}", daemon=True).start()

    def stop(self) -> None:
        """Start no more tasks."""
        self._stopped.set()

    def _run_until_stopped(self) -> None:
        while not self._stopped.is_set():
            self.run_due()
            self._stopped.wait(_POLL_SECONDS)

    def _run(self, number: int, task: Callable[[], object]) -> None:
        failures = self._failures[number] + 1
        try:
            close_old_connections()
            task()
            failures = 0
        except Exception:
            level = (
                logging.WARNING if failures == 1 else logging.ERROR
            )  # at a start, engines may not be ready
            log.log(level, "periodic task %s failed, %d times in a row", _name(task), failures, exc_info=True)
        finally:
            counted = 0 if task in _WITHOUT_BACKOFF else failures
            pause = pause_after(counted, _PERIODS.get(task, PERIOD))
            with self._lock:
                self._failures[number] = failures
                self._due[number] = self._clock() + pause.total_seconds()
                self._running.discard(number)


def _name(task: Callable[[], object]) -> str:
    return f"{task.__module__}:{getattr(task, '__qualname__', type(task).__name__)}"
