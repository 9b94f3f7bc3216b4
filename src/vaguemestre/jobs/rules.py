"""When a failed job is tried again."""

from datetime import timedelta

PATIENCE = 40  # about a day and a half with the delays below


def delay_before(attempt: int) -> timedelta | None:
    """How long to wait before that attempt (1 = first retry): 1 s doubling up to 1 h; None = give up."""
    if attempt > PATIENCE:
        return None
    return timedelta(seconds=min(2 ** (attempt - 1), 3600))
