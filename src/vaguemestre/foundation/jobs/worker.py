"""A worker: runs its queue's jobs one after the other, and shows that it lives."""

import logging
import os
import platform
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import OperationalError, close_old_connections
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from vaguemestre.foundation.jobs.periodic import PeriodicTasks
from vaguemestre.foundation.jobs.ports import rounds
from vaguemestre.foundation.jobs.rules import worker_name
from vaguemestre.foundation.jobs.services import MOST_FORGOTTEN, forget_old

log = logging.getLogger(__name__)

FORGET_SECONDS = 3600
_DATABASE_AWAY = frozenset(f"django.db.utils.{name}" for name in ("OperationalError", "InterfaceError"))


class Forgetting:
    """Once an hour what ended long ago goes, a part each minute when there is much of it."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self) -> None:
        if time.monotonic() >= self._next and forget_old(timezone.now()) < MOST_FORGOTTEN:
            self._next = time.monotonic() + FORGET_SECONDS


class LivingWorker(Worker):
    """The queue's own worker, with a sign of life around every job."""

    def __init__(
        self,
        *,
        interval: float,
        heartbeat: Path | None,
        queue: str = "default",
        number: int = 1,
        of: int = 1,
    ) -> None:
        super().__init__(
            queue_names=[queue],
            interval=interval,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=_worker_id(worker_name(queue, number)),
            excluded_queue_names=[],
        )
        self._heartbeat = heartbeat
        self._others = {_worker_id(worker_name(queue, n)) for n in range(1, of + 1) if n != number}
        self._leads = number == 1

    def take_back(self) -> None:
        """Put back in the queue what this worker had begun when it was killed: handlers may run twice.

        The first worker of a queue does so for those that no longer exist, of a larger number.
        """
        ours = f"@{platform.node()}"[-64:]
        for begun in DBTaskResult.objects.running().filter(queue_name__in=self.queue_names):
            holder = begun.worker_ids[-1] if begun.worker_ids else ""
            orphaned = self._leads and holder.endswith(ours) and holder not in self._others
            if holder == self.worker_id or orphaned:
                DBTaskResult.objects.filter(pk=begun.pk).update(status="READY")

    def serve(self) -> None:
        """Run what is ready, wait a little, again, until told to stop."""
        interrupted = True  # by what ended the worker before this one
        while self.running:
            self._beat()
            waiting = False
            try:
                if interrupted:
                    self.take_back()
                interrupted = False
                # Asked first without writing: taking a job locks the whole of an SQLite database.
                if waiting := DBTaskResult.objects.ready().filter(queue_name__in=self.queue_names).exists():
                    self.run()
            except OperationalError as error:
                # full disk, database restarting: the job's end may not be written
                interrupted = True
                log.warning("the database does not answer (%s); trying again", error)
                close_old_connections()
                time.sleep(1)
            if self.running and not waiting:
                time.sleep(self.interval)

    def shutdown(self, signum: int, frame: Any) -> None:
        """The first signal lets the running job end; the second ends the process, the job to be taken back.

        An exception raised here would be taken for the job's own.
        """
        if not self.running:
            signal.signal(signum, signal.SIG_DFL)
            os.kill(os.getpid(), signum)
        self.running = False
        if not self.running_task:
            sys.exit(0)

    def run_task(self, db_task_result: Any) -> None:
        self._beat()
        super().run_task(db_task_result)
        if db_task_result.exception_class_path in _DATABASE_AWAY:  # not even its retry could be written
            DBTaskResult.objects.filter(pk=db_task_result.pk).update(
                status="READY", finished_at=None, run_after=timezone.now() + timedelta(seconds=5)
            )
        self._beat()

    def _beat(self) -> None:
        if self._heartbeat is not None:
            try:
                self._heartbeat.touch()
            except OSError:  # a full disk stops the sign, not the work
                return


def _worker_id(name: str) -> str:
    return f"{name}@{platform.node()}"[:64]


def serve(*, interval: float, heartbeat: Path | None, queue: str, number: int, of: int) -> None:
    """Run the jobs of a queue until told to stop; its first worker also runs the periodic tasks."""
    for name in ("django_tasks_db", "django.tasks"):  # one line per job would drown the rest
        logging.getLogger(name).setLevel(logging.WARNING)
    worker = LivingWorker(interval=interval, heartbeat=heartbeat, queue=queue, number=number, of=of)
    worker.configure_signals()
    if queue == "default" and number == 1:
        PeriodicTasks((*rounds.get(), Forgetting())).start()
    worker.serve()
