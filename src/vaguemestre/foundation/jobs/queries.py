"""Queries on failed and waiting jobs."""

import re
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, F, Min, Q, When
from django.db.models.functions import Greatest
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from vaguemestre.foundation.jobs.rules import JobWords, job_words

_PLACE = re.compile(r'^  File ".*?/(?:src|site-packages)/(.+?)", line (\d+), in (\S+)$', re.MULTILINE)
_UNKNOWN_EVENT = "?"

# sort key of the page → column
ORDERS = {"date": "finished_at", "travail": "args_kwargs__args__0", "erreur": "exception_class_path"}


class FailedJob(NamedTuple):
    """A job that failed for good. Neither its event's fields nor the error's text: they name people."""

    job_id: UUID
    handler: str  # `module:function`
    event: str  # `module:class`
    queue: str
    attempts: int
    failed_at: datetime
    error: str  # name of its class
    place: str  # where it was raised: `module file:line function`, empty if unknown


def failed_jobs_page(
    *, search: str = "", order: str = "-finished_at", first: int = 0, count: int = 50
) -> tuple[list[FailedJob], int]:
    """(jobs of the page, count of all): failed jobs whose handler or error contains `search`.

    `order`: a column of ORDERS, with `-` in front to reverse it.
    """
    is_named = Q(args_kwargs__args__0__icontains=search) | Q(exception_class_path__icontains=search)
    failed = DBTaskResult.objects.failed().filter(is_named if search else Q()).order_by(order, "pk")
    return [_failed_job(row) for row in failed[first : first + count]], failed.count()


def find_failed_job(job_id: UUID) -> FailedJob | None:
    row = DBTaskResult.objects.failed().filter(pk=job_id).first()
    return _failed_job(row) if row else None


def count_failed_jobs() -> int:
    return int(DBTaskResult.objects.failed().count())


def count_unfinished_jobs() -> dict[tuple[str, str], int]:
    """(queue, state) → how many jobs; `state`: ready, running, or failed for good."""
    rows = DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).order_by()
    counts = rows.values_list("queue_name", "status").annotate(count=Count("pk"))
    return {(queue, status.lower()): count for queue, status, count in counts}


def is_waiting(event: str, fields: dict[str, Any], queue: str, until: datetime) -> bool:
    """Whether a job of that event (`module:class`) and of these fields waits, and may begin by then."""
    waiting = DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=until),
        status=TaskResultStatus.READY,
        queue_name=queue,
        args_kwargs__args__1=event,
    )
    words = map(job_words, waiting.values_list("args_kwargs", flat=True))
    return any(word is not None and word.fields == fields for word in words)


def unfinished_fields(event: str, queue: str) -> list[dict[str, Any]]:
    """The fields of the jobs of that event (`module:class`) that wait or run."""
    states = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    rows = DBTaskResult.objects.filter(status__in=states, queue_name=queue, args_kwargs__args__1=event)
    words = map(job_words, rows.values_list("args_kwargs", flat=True))
    return [word.fields for word in words if word is not None]


def longest_wait(now: datetime) -> timedelta:
    """How long ago the oldest ready job could have started; zero if none waits."""
    runs_at_once = When(run_after=get_date_max(), then=F("enqueued_at"))  # the queue's mark of "not deferred"
    ready = DBTaskResult.objects.ready().annotate(
        since=Case(runs_at_once, default=Greatest("enqueued_at", "run_after"))
    )
    since = ready.aggregate(first=Min("since"))["first"]
    return now - since if since and since < now else timedelta()


def _failed_job(row: DBTaskResult[Any, Any]) -> FailedJob:
    words = job_words(row.args_kwargs)
    handler, event, _, attempts = words or JobWords(row.task_path, _UNKNOWN_EVENT, {}, 1)
    places = _PLACE.findall(row.traceback)
    return FailedJob(
        row.pk,
        handler,
        event,
        row.queue_name,
        attempts,
        row.finished_at,
        row.exception_class_path.rpartition(".")[2],
        "{}:{} {}".format(*places[-1]) if places else "",
    )
