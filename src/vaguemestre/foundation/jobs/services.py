"""Announce events in the caller's transaction; run their handlers now or later."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from django_tasks_db.models import DBTaskResult

from vaguemestre.foundation.jobs.ports import Handler, Subscriptions, subscriptions
from vaguemestre.foundation.jobs.rules import queue_of
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.kernel.errors import EngineDown

RETENTION = timedelta(days=30)  # the arguments of a job are personal data
DELETION_BATCH = 2_000


def announce(event: Any, *, due: datetime | None = None) -> None:
    """Enqueue an event for its handlers inside the caller's transaction, so that it depends on the commit.

    `event` is a frozen dataclass of JSON-ready fields; its handlers run no earlier than `due` (aware).
    An event class with `long_work: ClassVar[bool] = True` has a worker of its own, so that no message waits
    behind it; its handlers work for a few seconds, then announce the rest.
    """
    task = wake.using(run_after=due, queue_name=queue_of(type(event)))
    for handler in _handlers_of(subscriptions.get(), type(event)):
        task.enqueue(_name(handler), _name(type(event)), dataclasses.asdict(event), 1)


def run_now(event: Any) -> bool:
    """Run the event's handlers in this thread, after the commit.

    Returns False when an engine is away; the worker will then run them.
    """
    try:
        for handler in _handlers_of(subscriptions.get(), type(event)):
            handler(event)
    except EngineDown:
        return False
    return True


def requeue_running_jobs() -> int:
    """Put every running job back in the queue, when no worker runs. Returns the count."""
    return DBTaskResult.objects.running().update(status="READY")


def delete_old_jobs(now: datetime) -> int:
    """Delete at most DELETION_BATCH jobs that ended longer ago than RETENTION. Returns the count."""
    finished = DBTaskResult.objects.finished().filter(finished_at__lt=now - RETENTION)
    old = list(finished.order_by().values_list("pk", flat=True)[:DELETION_BATCH])
    return DBTaskResult.objects.filter(pk__in=old).delete()[0]


def _handlers_of(table: Subscriptions, kind: type) -> tuple[Handler, ...]:
    return table.get(kind, ())


def _name(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"
