"""Long writing in many short transactions, so that others write in between."""

import time
from collections.abc import Iterable, Iterator
from itertools import batched, islice

from django.db import connection

from vaguemestre.foundation.jobs.ports import subscriptions

_HELD_SECONDS = 0.2  # SQLite's only write lock, by one batch
_PAUSE_SECONDS = 0.11  # longer than who found it taken sleeps before another look (sqlite3_busy_timeout)
_FIRST, _MIN = 50, 25


def write_batches[Item](items: Iterable[Item], most: int) -> Iterator[tuple[Item, ...]]:
    """Batches of `most` items; the caller writes each in a transaction of its own before it takes the next.

    On SQLite they are as short as the time of those before asks for, and everybody who waits to write does
    so between two of them.
    """
    if connection.vendor != "sqlite":
        yield from batched(items, most, strict=False)
        return
    subscriptions.get()  # loaded by the first event otherwise, for half a second and with the lock
    rest, size = iter(items), min(most, _FIRST)
    batch = tuple(islice(rest, size))
    while batch:
        began = time.monotonic()
        yield batch
        size = _next_size(size, time.monotonic() - began, most)
        if batch := tuple(islice(rest, size)):
            time.sleep(_PAUSE_SECONDS)  # SQLite tells nobody that its lock is free: those who wait look again


def _next_size(size: int, held: float, most: int) -> int:
    """The size of a batch that would have held the lock for _HELD_SECONDS; twice as large at most."""
    fitting = round(size * _HELD_SECONDS / max(held, 0.001))
    return min(most, max(_MIN, min(fitting, 2 * size)))
