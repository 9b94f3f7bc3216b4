"""Where a job waits, and when a failed one is tried again."""

from datetime import timedelta

PATIENCE = 40  # about a day and a half with the delays below


def delay_before(attempt: int) -> timedelta | None:
    """How long to wait before that attempt (1 = first retry): 1 s doubling up to 1 h; None = give up."""
    if attempt > PATIENCE:
        return None
    return timedelta(seconds=min(2 ** (attempt - 1), 3600))


def queue_of(event: type) -> str:
    """The queue of a kind of event: `long` for those that say `long_work: ClassVar[bool] = True`."""
    return "long" if getattr(event, "long_work", False) else "default"
