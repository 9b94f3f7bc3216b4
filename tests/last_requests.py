"""Requests that a test's page made and did not wait for: they end before the tables are emptied."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.servers.basehttp import ServerHandler

_PATIENCE_SECONDS = 10.0
_changed = threading.Condition()
_under_way = 0


@contextmanager
def counted() -> Iterator[None]:
    """One more request that Django's server answers in a thread of this process."""
    global _under_way
    with _changed:
        _under_way += 1
    try:
        yield
    finally:
        with _changed:
            _under_way -= 1
            _changed.notify_all()


def count_them() -> None:
    """From now on."""
    run = ServerHandler.run

    def counted_run(self: ServerHandler, application: Any) -> None:
        with counted():
            run(self, application)

    ServerHandler.run = counted_run  # type: ignore[method-assign, assignment]


def wait_for_their_end() -> None:
    """One that hangs is left: what it writes later is the failing test's to tell."""
    with _changed:
        _changed.wait_for(lambda: not _under_way, _PATIENCE_SECONDS)
