"""A worker process: runs the jobs of its queue one after the other, with a heartbeat."""

import logging
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError, close_old_connections
from django.tasks import Task
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from vaguemestre.foundation.cluster import beat
from vaguemestre.foundation.cluster.locks import Leadership
from vaguemestre.foundation.cluster.ports import Checks, OwnRound
from vaguemestre.foundation.jobs.claims import claim_job, end_job, is_job_ready
from vaguemestre.foundation.jobs.lease import LEASE, LeaseKeeper, requeue_abandoned
from vaguemestre.foundation.jobs.periodic import PeriodicTasks
from vaguemestre.foundation.jobs.ports import periodic_tasks, subscriptions
from vaguemestre.foundation.jobs.rules import delay_before, job_words, worker_name

log = logging.getLogger(__name__)

LOOK_SECONDS = 20.0  # between two searches for the jobs of dead workers
_DATABASE_AWAY = frozenset(f"django.db.utils.{name}" for name in ("OperationalError", "InterfaceError"))


class HeartbeatWorker(Worker):
    """The worker of django-tasks-db, with a heartbeat before, during and after every job."""

    def __init__(
        self,
        *,
        interval: float,
        heartbeat: Path | None,
        queue: str = "default",
        number: int = 1,
        machine: str = "",
    ) -> None:
        super().__init__(
            queue_names=[queue],
            interval=interval,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{worker_name(queue, number)}@{machine or platform.node()}"[:64],
            excluded_queue_names=[],
        )
        self._heartbeat = heartbeat
        self._lease = LeaseKeeper(self._beat)
        self._next_look = 0.0  # for abandoned jobs, on the monotonic clock
        self._leases_count_from = 0.0  # while the database was away, nobody could renew

    def serve(self) -> None:
        """Run ready jobs until a signal stops the worker."""
        self._lease.start()
        while self.running:
            self._beat()
            has_jobs = False
            try:
                self._look_for_abandoned()
                # Read first: taking a job locks the whole of an SQLite database.
                if has_jobs := is_job_ready(self.queue_names):
                    self.run()
            except OperationalError as error:
                # full disk, database restarting: the end of the job may be lost
                self._next_look = 0.0
                self._leases_count_from = time.monotonic() + LEASE.total_seconds()
                log.warning("the database does not answer (%s); trying again", error)
                close_old_connections()
                time.sleep(1)
            if self.running and not has_jobs:
                time.sleep(self.interval)
        self._lease.stop()

    def _look_for_abandoned(self) -> None:
        """Requeue the jobs of dead workers: at the start, then every LOOK_SECONDS."""
        if time.monotonic() >= self._next_look:
            own_only = time.monotonic() < self._leases_count_from
            requeue_abandoned(self.queue_names, self.worker_id, timezone.now(), own_only=own_only)
            self._next_look = time.monotonic() + LOOK_SECONDS

    def shutdown(self, signum: int, frame: Any) -> None:
        """The first signal lets the running job end; the second ends the process, and the job is requeued.

        An exception raised here would count as the job's own.
        """
        if not self.running:
            signal.signal(signum, signal.SIG_DFL)
            os.kill(os.getpid(), signum)
        self.running = False
        if not self.running_task:
            sys.exit(0)

    def run(self) -> None:
        """Run the jobs that are ready, one after the other, until there is none."""
        while self.running:
            close_old_connections()
            job = claim_job(self.queue_names, self.worker_id)
            if job is None:
                return
            self.run_task(job)

    def run_task(self, db_task_result: Any) -> None:
        self._beat()
        self._lease.hold(db_task_result.pk)
        self.running_task = True
        try:
            _call(db_task_result)
            end_job(db_task_result)
        except Exception as error:  # noqa: BLE001 (stored with the failed job)
            db_task_result.set_failed(error)
        finally:
            self.running_task = False
            self._lease.hold(None)
        if self._lost_its_retry(db_task_result):
            DBTaskResult.objects.filter(pk=db_task_result.pk).update(
                status="READY",
                finished_at=None,
                worker_ids=[],  # nobody died
                run_after=timezone.now() + timedelta(seconds=5),
            )
        self._beat()

    @staticmethod
    def _lost_its_retry(row: Any) -> bool:
        """Whether the job failed because the database was away, so that no retry could be enqueued either.

        False after the last attempt, which has no retry.
        """
        words = job_words(row.args_kwargs)
        if words is None or row.exception_class_path not in _DATABASE_AWAY:
            return False
        return delay_before(words.attempt) is not None

    def _beat(self) -> None:
        if self._heartbeat is not None:
            try:
                self._heartbeat.touch()
            except OSError:  # a full disk stops the heartbeat, not the jobs
                return


def _call(job: Any) -> None:
    """Run the job's task. Raises whatever it raises, ImportError when this code does not have it."""
    task = import_string(job.task_path)
    if not isinstance(task, Task):
        raise SuspiciousOperation(f"{job.task_path} is not a task")
    task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])


def serve(
    *,
    interval: float,
    heartbeat: Path | None,
    queue: str,
    number: int,
    machine: str = "",
    checks: Checks | None = None,
    own_rounds: Sequence[OwnRound] = (),
    sign_stored: Callable[[], None] = lambda: None,
) -> None:
    """Run the jobs of a queue until a signal stops the process; the first worker also runs periodic tasks.

    `machine`: name of this machine, part of the worker's id; the host name if empty. `checks`: health checks
    of the machine, whose results the first worker publishes to the other machines. `own_rounds`: what it
    does for the engines of its machine. `sign_stored`: told of each result that it published.
    """
    for name in ("django_tasks_db", "django.tasks"):  # one line per job is too many
        logging.getLogger(name).setLevel(logging.WARNING)
    worker = HeartbeatWorker(
        interval=interval, heartbeat=heartbeat, queue=queue, number=number, machine=machine
    )
    subscriptions.get()  # a process that cannot load the handlers ends here, instead of failing every job
    worker.configure_signals()
    if queue == "default" and number == 1:
        if checks:
            beat.start(machine or platform.node(), checks, own_rounds, sign_stored)
        PeriodicTasks(periodic_tasks.get(), leads=Leadership("rounds").leads).start()
    worker.serve()
