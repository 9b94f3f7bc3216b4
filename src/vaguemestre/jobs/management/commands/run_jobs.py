"""A worker: runs its queue's jobs one after the other, and shows that it lives."""

import logging
import platform
import signal
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from vaguemestre.jobs.ports import rounds
from vaguemestre.jobs.services import MOST_FORGOTTEN, forget_old

log = logging.getLogger(__name__)

ROUND_SECONDS = 60
FORGET_SECONDS = 3600


class Command(BaseCommand):
    help = "Run the jobs that events left in the queue"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=0.2, help="seconds between looks at an empty queue"
        )
        parser.add_argument("--queue", default="default", choices=["default", "long"])
        parser.add_argument("--heartbeat", type=Path, help="a file touched while the worker lives")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("django_tasks_db", "django.tasks"):  # one line per job would drown the rest
            logging.getLogger(name).setLevel(logging.WARNING)
        worker = LivingWorker(
            interval=options["interval"], heartbeat=options["heartbeat"], queue=options["queue"]
        )
        worker.configure_signals()
        worker.serve()


class LivingWorker(Worker):
    """The queue's own worker, with a sign of life around every job."""

    def __init__(self, *, interval: float, heartbeat: Path | None, queue: str = "default") -> None:
        name = "worker" if queue == "default" else f"worker-{queue}"
        super().__init__(
            queue_names=[queue],
            interval=interval,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{name}@{platform.node()}"[:64],
            excluded_queue_names=[],
        )
        self._heartbeat = heartbeat
        self._goes_round = queue == "default"
        self._next_round = 0.0
        self._next_forgetting = 0.0

    def take_back(self) -> None:
        """Put back in the queue what this worker had begun when it was killed: handlers may run twice."""
        for begun in DBTaskResult.objects.running():
            if begun.worker_ids[-1:] == [self.worker_id]:
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
                self.go_round()
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

    def go_round(self) -> None:
        """Once a minute, let the rooms find again what should have moved and did not."""
        if not self._goes_round or time.monotonic() < self._next_round:
            return
        self._next_round = time.monotonic() + ROUND_SECONDS
        for act in rounds.get():
            act()
        self.forget()

    def forget(self) -> None:
        """Once an hour what ended long ago goes, a part each round when there is much of it."""
        if time.monotonic() >= self._next_forgetting and forget_old(timezone.now()) < MOST_FORGOTTEN:
            self._next_forgetting = time.monotonic() + FORGET_SECONDS

    def shutdown(self, signum: int, frame: Any) -> None:
        if not self.running:
            signal.signal(signum, signal.SIG_DFL)
            sys.exit(1)
        self.running = False
        if not self.running_task:
            sys.exit(0)

    def run_task(self, db_task_result: Any) -> None:
        self._beat()
        super().run_task(db_task_result)
        self._beat()

    def _beat(self) -> None:
        if self._heartbeat is not None:
            try:
                self._heartbeat.touch()
            except OSError:  # a full disk stops the sign, not the work
                return
