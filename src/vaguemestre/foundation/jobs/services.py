"""Announce a fact in the caller's transaction; run what follows now or later."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from django_tasks_db.models import DBTaskResult

from vaguemestre.foundation.jobs.ports import Handler, Subscriptions, subscriptions
from vaguemestre.foundation.jobs.rules import queue_of
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.kernel.errors import EngineDown

KEPT = timedelta(days=30)  # what a finished job was given speaks of people
MOST_FORGOTTEN = 2_000


def announce(event: Any, *, due: datetime | None = None) -> None:
    """Keep the event for its handlers. Inside the caller's transaction: it leaves only if that commits.

    `event` is a frozen dataclass of JSON-ready fields; with `due` (aware) its handlers wake no earlier.
    A kind of event that says `long_work: ClassVar[bool] = True` is handled by a worker of its own, so that
    nobody's message waits behind it; its handlers do a few seconds' work, then announce what is left.
    """
    woken = wake.using(run_after=due, queue_name=queue_of(type(event)))
    for handler in _listeners(subscriptions.get(), type(event)):
        woken.enqueue(_name(handler), _name(type(event)), dataclasses.asdict(event), 1)


def run_now(event: Any) -> bool:
    """Run the event's handlers in this thread, after the use case committed.

    True when all are done; False when an engine is away (the worker will do it).
    """
    try:
        for handler in _listeners(subscriptions.get(), type(event)):
            handler(event)
    except EngineDown:
        return False
    return True


def take_back_all() -> int:
    """Put every running job back in the queue: no worker is there. Returns the count."""
    return DBTaskResult.objects.running().update(status="READY")


def forget_old(now: datetime) -> int:
    """Delete the jobs that ended longer ago than KEPT, MOST_FORGOTTEN at most; how many went."""
    ended = DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT)
    old = list(ended.order_by().values_list("pk", flat=True)[:MOST_FORGOTTEN])
    return DBTaskResult.objects.filter(pk__in=old).delete()[0]


def _listeners(table: Subscriptions, kind: type) -> tuple[Handler, ...]:
    return table.get(kind, ())


def _name(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"
