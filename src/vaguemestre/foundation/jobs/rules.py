"""Where a job waits, and when a failed one is tried again."""

from datetime import timedelta

PATIENCE = 40  # about a day and a half with the delays below
PERIOD = timedelta(minutes=1)  # of the rooms' periodic tasks
_LONGEST = timedelta(hours=1)


def delay_before(attempt: int) -> timedelta | None:
    """How long to wait before that attempt (1 = first retry): 1 s doubling up to 1 h; None = give up."""
    if attempt > PATIENCE:
        return None
    return min(timedelta(seconds=2.0 ** (attempt - 1)), _LONGEST)


def pause_after(failures: int) -> timedelta:
    """Pause before a periodic task runs again: PERIOD, doubled by each failure in a row, up to 1 h."""
    return min(PERIOD * 2.0 ** min(failures, 10), _LONGEST)


def worker_name(queue: str, number: int = 1) -> str:
    """Name of a worker process: `worker`, `worker-2`, …; those of the long queue have its name."""
    name = "worker" if queue == "default" else f"worker-{queue}"
    return name if number == 1 else f"{name}-{number}"


def queue_of(event: type) -> str:
    """The queue of a kind of event: `long` for those that say `long_work: ClassVar[bool] = True`."""
    return "long" if getattr(event, "long_work", False) else "default"
