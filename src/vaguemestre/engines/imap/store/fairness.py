"""Limits how many worker threads one unresponsive mailbox may block."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from vaguemestre.foundation.kernel.errors import EngineDown

SILENT_SECONDS = 0.25  # without an octet from the store, a request counts as unanswered
REMEMBERED_SECONDS = 5.0  # how long a mailbox that was not answered may send one request at a time


class PendingRequest(Protocol):
    @property
    def heard_at(self) -> float:
        """When the store last sent something for this request, or when it began (monotonic)."""
        ...


class FairTurns:
    """Counts pending requests by mailbox. `most`: at once; one more waits a little, then is refused."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._changed = threading.Condition()
        self._pending: dict[str, list[PendingRequest]] = {}
        self._unanswered_until: dict[str, float] = {}

    @contextmanager
    def turn(self, mailbox: str, request: PendingRequest) -> Iterator[None]:
        """Hold a place for the time of a `with`. Raises EngineDown when every other request is unanswered."""
        with self._changed:
            if not self._has_room(mailbox):
                self._wait_for_room(mailbox)
            self._pending.setdefault(mailbox, []).append(request)
        try:
            yield
        except EngineDown:
            if self._clock() - request.heard_at > SILENT_SECONDS:
                self._restrict(mailbox)
            raise
        finally:
            self._end(mailbox, request)

    def _has_room(self, mailbox: str) -> bool:
        until = self._unanswered_until.get(mailbox)
        most = 1 if until is not None and self._clock() < until else self._most
        return len(self._pending.get(mailbox, ())) < most

    def _wait_for_room(self, mailbox: str) -> None:
        self._changed.wait_for(lambda: self._has_room(mailbox), SILENT_SECONDS)
        if self._has_room(mailbox):
            return
        now = self._clock()
        if all(now - request.heard_at > SILENT_SECONDS for request in self._pending.get(mailbox, ())):
            raise EngineDown("imap: other requests of this mailbox wait for an answer")

    def _restrict(self, mailbox: str) -> None:
        with self._changed:
            now = self._clock()
            self._unanswered_until = {
                name: until for name, until in self._unanswered_until.items() if until > now
            }
            self._unanswered_until[mailbox] = now + REMEMBERED_SECONDS

    def _end(self, mailbox: str, request: PendingRequest) -> None:
        with self._changed:
            pending = self._pending[mailbox]
            pending.remove(request)
            if not pending:
                del self._pending[mailbox]
            self._changed.notify()
