"""No mailbox keeps every thread of a worker waiting for a mail store that does not answer it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from vaguemestre.foundation.kernel.errors import EngineDown

SILENT = 0.25  # seconds without a word from the store, after which a request is taken to be waiting in vain
REMEMBERED = 5.0  # seconds a mailbox that was not answered is asked one question at a time


class Asking(Protocol):
    @property
    def heard_at(self) -> float:
        """When the store last said something to this request, or when it began (monotonic)."""
        ...


class Turns:
    """`most`: requests of one mailbox that may wait at once. One too many waits a little, then is refused."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._changed = threading.Condition()
        self._out: dict[str, list[Asking]] = {}
        self._unanswered: dict[str, float] = {}

    @contextmanager
    def turn(self, mailbox: str, asking: Asking) -> Iterator[None]:
        """Raises EngineDown when the others of that mailbox all wait in vain."""
        with self._changed:
            if not self._has_room(mailbox):
                self._wait_for_room(mailbox)
            self._out.setdefault(mailbox, []).append(asking)
        try:
            yield
        except EngineDown:
            if self._clock() - asking.heard_at > SILENT:
                self._remember(mailbox)
            raise
        finally:
            self._end(mailbox, asking)

    def _has_room(self, mailbox: str) -> bool:
        until = self._unanswered.get(mailbox)
        most = 1 if until is not None and self._clock() < until else self._most
        return len(self._out.get(mailbox, ())) < most

    def _wait_for_room(self, mailbox: str) -> None:
        self._changed.wait_for(lambda: self._has_room(mailbox), SILENT)
        if self._has_room(mailbox):
            return
        now = self._clock()
        if all(now - one.heard_at > SILENT for one in self._out.get(mailbox, ())):
            raise EngineDown("imap: other requests of this mailbox wait for an answer")

    def _remember(self, mailbox: str) -> None:
        with self._changed:
            now = self._clock()
            self._unanswered = {one: until for one, until in self._unanswered.items() if until > now}
            self._unanswered[mailbox] = now + REMEMBERED

    def _end(self, mailbox: str, asking: Asking) -> None:
        with self._changed:
            out = self._out[mailbox]
            out.remove(asking)
            if not out:
                del self._out[mailbox]
            self._changed.notify()
