"""Queues of jobs, and delays before retries."""

from datetime import timedelta
from typing import Any, NamedTuple

MAX_ATTEMPTS = 84  # over about three days with the delays below: a weekend
PERIOD = timedelta(minutes=1)  # of the rooms' periodic tasks
QUEUES = ("default", "long", "imports", "untrusted")  # each has workers of its own
EVERY_HANDLER = "*"  # in place of a handler's name, in jobs of versions before this one
_MAX_DELAY = timedelta(hours=1)


class JobWords(NamedTuple):
    """The stored arguments of a job, in words: no class or function has to exist any more."""

    handler: str  # `module:function`
    event: str  # `module:class`
    fields: dict[str, Any]  # of the event
    attempt: int  # from 1


def delay_before(attempt: int) -> timedelta | None:
    """Delay before an attempt (1 = first retry): 1 s, doubled up to 1 h; None after the last one."""
    if attempt > MAX_ATTEMPTS:
        return None
    return min(timedelta(seconds=2.0 ** min(attempt - 1, 12)), _MAX_DELAY)


def pause_after(failures: int, period: timedelta) -> timedelta:
    """Pause before a periodic task runs again: its period, doubled by each consecutive failure, up to 1 h."""
    return min(period * 2.0 ** min(failures, 10), _MAX_DELAY)


def worker_name(queue: str, number: int = 1) -> str:
    """Name of a worker process: `worker`, `worker-2`, …; `worker-long` and so on for the other queues."""
    name = "worker" if queue == "default" else f"worker-{queue}"
    return name if number == 1 else f"{name}-{number}"


def queue_of(event: type) -> str:
    """The queue of an event class: its `queue: ClassVar[str]`; else `long` if it has `long_work`."""
    return str(getattr(event, "queue", "long" if getattr(event, "long_work", False) else "default"))


def job_words(arguments: object) -> JobWords | None:
    """Read the stored arguments of `tasks.wake`; None if another task or another version stored them."""
    match arguments:
        case {"args": [str(handler), str(event), dict(fields), int(attempt)]}:
            return JobWords(handler, event, fields, attempt)
        case _:
            return None
