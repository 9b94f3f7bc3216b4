"""The lease of a worker on the job it runs: an expired lease tells the others that the worker died.

The lease is the row's `started_at`, which this queue uses for nothing else. Machines' clocks agree within
seconds, or a job may run twice; that does no harm.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any, NamedTuple
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

LEASE = timedelta(seconds=60)
MAX_CLAIMS = 10  # workers that may die while they run one attempt, before it is given up
_RENEWAL_SECONDS = 5.0  # less than the age at which a heartbeat is taken for a dead process
_MAX_JOB_DURATION = timedelta(hours=4)  # past it the job hangs: no heartbeat, so that its process is ended

log = logging.getLogger(__name__)


class WorkersDied(Exception):
    """Every worker that ran a job died before its end. Never raised: the job's row names it as its error."""


_FAILED = {"status": "FAILED", "exception_class_path": f"{__name__}.{WorkersDied.__name__}"}


class _HeldJob(NamedTuple):
    job_id: UUID
    since: float  # on the monotonic clock


class LeaseKeeper:
    """Thread that renews the lease of the running job, and calls `beat` as long as the job may last."""

    def __init__(
        self,
        beat: Callable[[], None] = lambda: None,
        *,
        every: float = _RENEWAL_SECONDS,
        longest: timedelta = _MAX_JOB_DURATION,
    ) -> None:
        self._beat = beat
        self._every, self._longest = every, longest.total_seconds()
        self._held: _HeldJob | None = None
        self._stopped = Event()

    def hold(self, job_id: UUID | None) -> None:
        """Renew this job's lease from now on, and no other; None renews none."""
        self._held = _HeldJob(job_id, time.monotonic()) if job_id else None

    def start(self) -> None:
        """Renew leases until the process ends or `stop` is called."""
        Thread(target=self._renew, name="lease", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _renew(self) -> None:
        while not self._stopped.wait(self._every):
            held = self._held
            if held is None:
                continue
            if time.monotonic() - held.since < self._longest:
                self._beat()
            try:
                DBTaskResult.objects.running().filter(pk=held.job_id).update(started_at=timezone.now())
            except DatabaseError as error:  # the next renewal comes before the lease ends
                log.warning("the lease of job %s is renewed later: %s", held.job_id, error)
            except Exception:  # a thread that ended would let others run each long job as well
                log.exception("the lease of job %s could not be renewed", held.job_id)
            connection.close()


def requeue_abandoned(
    queue_names: Sequence[str], worker_id: str, now: datetime, *, own_only: bool = False
) -> int:
    """Requeue the jobs of dead workers, and what this worker ran before its restart. Returns the count.

    A slow worker is not a dead one: it has renewed its lease. A job claimed MAX_CLAIMS times in vain fails
    for good, as it may be what kills the workers. `own_only`: leave the jobs of other workers, because nobody
    could renew a lease lately.
    """
    count = 0
    for job in _running(queue_names):
        is_own = bool(job.worker_ids) and job.worker_ids[-1] == worker_id
        has_ended = job.started_at is None or job.started_at < now - LEASE
        if is_own or (has_ended and not own_only):
            unchanged = DBTaskResult.objects.running().filter(pk=job.pk, started_at=job.started_at)
            if len(job.worker_ids) < MAX_CLAIMS:
                count += unchanged.update(status="READY")
            elif unchanged.update(**_FAILED, finished_at=now):
                log.error("job %s given up: %d workers died while they ran it", job.pk, MAX_CLAIMS)
    return count


def _running(queue_names: Sequence[str]) -> Iterable[DBTaskResult[Any, Any]]:
    return DBTaskResult.objects.running().filter(queue_name__in=queue_names)
