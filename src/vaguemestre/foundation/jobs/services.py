"""Announce events in the caller's transaction; run their handlers now or later."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from vaguemestre.foundation.jobs.ports import Handler, subscriptions
from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.jobs.queries import is_waiting, unfinished_fields
from vaguemestre.foundation.jobs.rules import job_words, queue_of
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.kernel.errors import EngineDown

RETENTION = timedelta(days=30)  # the arguments of a job are personal data


def announce(event: Any, *, due: datetime | None = None) -> None:
    """Enqueue an event for its handlers inside the caller's transaction, so that it depends on the commit.

    `event` is a frozen dataclass of JSON-ready fields; its handlers run no earlier than `due` (aware).
    `long_work: ClassVar[bool] = True` in the event class: a separate worker runs it, so that no message waits
    behind it; its handlers work for a few seconds, then announce the rest. `queue: ClassVar[str]`: another of
    QUEUES, for work that may last as long as somebody outside likes.
    """
    task = wake.using(run_after=due, queue_name=queue_of(type(event)))
    for handler in _handlers_of(type(event)):
        task.enqueue(_name(handler), _name(type(event)), dataclasses.asdict(event), 1)


def announce_once(event: Any, *, due: datetime | None = None) -> None:
    """`announce`, unless an equal event waits that begins no later: whoever runs it does all there is to do.

    The fields of the event are numbers and texts.
    """
    kind, until = type(event), due or timezone.now()
    if not is_waiting(_name(kind), dataclasses.asdict(event), queue_of(kind), until):
        announce(event, due=due)


def announce_in_share(event: Any, owner: str, *, most: int) -> bool:
    """`announce`, unless a job for an equal event waits or runs, whose result will do.

    `owner`: the field that names whose work it is. Returns False, and announces nothing, when `most` jobs of
    theirs wait or run: for work that anybody may ask for as often as they like.
    """
    kind, fields = type(event), dataclasses.asdict(event)
    share = [
        other for other in unfinished_fields(_name(kind), queue_of(kind)) if other.get(owner) == fields[owner]
    ]
    if fields in share:
        return True
    if len(share) >= most:
        return False
    announce(event)
    return True


def run_now(event: Any) -> bool:
    """Run the event's handlers in this thread, after the commit.

    Returns False when an engine is away; the worker will then run them.
    """
    try:
        for handler in _handlers_of(type(event)):
            handler(event)
    except EngineDown:
        return False
    return True


def requeue_running_jobs() -> int:
    """Put every running job back in the queue, when no worker runs. Returns the count."""
    return DBTaskResult.objects.running().update(status="READY")


def run_failed_again(job_id: UUID) -> bool:
    """Enqueue a failed job as if it had never been tried, in the caller's transaction; False if gone."""
    row = DBTaskResult.objects.select_for_update().failed().filter(pk=job_id).first()
    if row is None:
        return False
    if (words := job_words(row.args_kwargs)) is None:  # stored by another version: left as it is
        row.status, row.finished_at, row.worker_ids = TaskResultStatus.READY, None, []
        row.save(update_fields=("status", "finished_at", "worker_ids"))
        return True
    wake.using(queue_name=row.queue_name).enqueue(words.handler, words.event, words.fields, 1)
    row.delete()
    return True


def delete_failed_job(job_id: UUID) -> bool:
    """Delete a failed job: it will never run. False if it is gone."""
    return bool(DBTaskResult.objects.failed().filter(pk=job_id).delete()[0])


def delete_old_jobs(now: datetime) -> int:
    """Delete a batch of the jobs that succeeded longer ago than RETENTION. Returns the count."""
    return delete_batch(DBTaskResult.objects.successful().filter(finished_at__lt=now - RETENTION))


def delete_old_failed_jobs(days: int, *, now: datetime) -> int:
    """Delete a batch of the jobs that failed more than that many days ago. Returns the count."""
    return delete_batch(DBTaskResult.objects.failed().filter(finished_at__lt=now - timedelta(days=days)))


def _handlers_of(event_type: type) -> tuple[Handler, ...]:
    return subscriptions.get().get(event_type, ())


def _name(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"
