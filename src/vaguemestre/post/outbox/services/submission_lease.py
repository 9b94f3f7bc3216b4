"""The lease of a submission: `attempted_at` of a row, stored before the attempt: a crash leaves its mark.

While it lasts the attempt is another worker's. Once it is over nobody knows how far that attempt went:
whether the message was accepted is asked before it is submitted again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.outbox.ports import NotSubmitted

LEASE = timedelta(seconds=60)  # longer than a submission may last; a second worker waits that long


def interrupted_attempt(attempted_at: datetime | None, now: datetime) -> datetime | None:
    """When the attempt began whose outcome is unknown; None without one, or while its lease lasts."""
    return attempted_at if attempted_at and attempted_at <= now - LEASE else None


def take_lease(rows: QuerySet[Any], attempted_at: datetime | None, now: datetime) -> bool:
    """Take the lease of the one row of `rows`, as it was read with that `attempted_at`.

    False if another attempt holds it, or was made since: what was asked about the one before says nothing of
    it.
    """
    free = rows.filter(Q(attempted_at=None) | Q(attempted_at__lte=now - LEASE), attempted_at=attempted_at)
    return bool(free.update(attempted_at=now))


@contextmanager
def attempt(rows: QuerySet[Any], clock: Callable[[], datetime]) -> Iterator[None]:
    """An attempt to submit the one row of `rows`, with its lease; lets every error through.

    Nothing was submitted (NotSubmitted): the lease is given back. It may have been (EngineDown): the lease is
    over, the trace of the attempt stays.
    """
    try:
        yield
    except NotSubmitted:
        rows.update(attempted_at=None)
        raise
    except EngineDown:
        end_lease(rows, clock())
        raise


def end_lease(rows: QuerySet[Any], now: datetime) -> None:
    """Let the next attempt begin at once, and keep the trace of this one."""
    rows.update(attempted_at=now - LEASE)
