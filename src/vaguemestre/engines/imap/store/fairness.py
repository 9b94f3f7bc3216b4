"""Limits what a mailbox that does not answer may hold: threads of a web worker, time of a job worker."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.ports import MailboxSilent

SILENT_SECONDS = 0.25  # without an octet from the store, a request counts as unanswered
FIRST_REST_SECONDS, MAX_REST_SECONDS = 5.0, 60.0  # doubled by each silence until the mailbox answers


class PendingRequest(Protocol):
    @property
    def heard_at(self) -> float:
        """When the store last said something to this request, or when it began (monotonic)."""
        ...


class Silence(NamedTuple):
    """A mailbox that was not answered rests: for `rest` seconds, `until` then."""

    until: float
    rest: float


class FairTurns:
    """`most`: requests of one mailbox that may wait at once. One too many waits a little, then is refused.

    While a mailbox rests it is asked one question at a time, and none that nobody waits for.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._changed = threading.Condition()
        self._pending: dict[str, list[PendingRequest]] = {}
        self._silences: dict[str, Silence] = {}

    @contextmanager
    def turn(self, mailbox: str, request: PendingRequest, *, is_awaited: bool = True) -> Iterator[None]:
        """Raises MailboxSilent when the others of that mailbox all wait in vain, or when this one has.

        `is_awaited`: by a person. A job is not: it comes back, and lets those of other mailboxes go first.
        """
        with self._changed:
            if not is_awaited and self._rests(mailbox):
                raise MailboxSilent("imap: cette boîte ne répondait pas à l’instant")
            if not self._has_room(mailbox):
                self._wait_for_room(mailbox)
            self._pending.setdefault(mailbox, []).append(request)
            began = self._clock()
        try:
            yield
        except EngineDown as error:
            if self._clock() - request.heard_at <= SILENT_SECONDS:
                raise
            self._remember(mailbox)
            raise MailboxSilent(str(error)) from error
        else:
            if request.heard_at > began:
                self._silences.pop(mailbox, None)
        finally:
            self._end(mailbox, request)

    def _rests(self, mailbox: str) -> bool:
        silence = self._silences.get(mailbox)
        return silence is not None and self._clock() < silence.until

    def _has_room(self, mailbox: str) -> bool:
        most = 1 if self._rests(mailbox) else self._most
        return len(self._pending.get(mailbox, ())) < most

    def _wait_for_room(self, mailbox: str) -> None:
        if not (self._rests(mailbox) and self._all_wait_in_vain(mailbox)):
            self._changed.wait_for(lambda: self._has_room(mailbox), SILENT_SECONDS)
        if not self._has_room(mailbox) and self._all_wait_in_vain(mailbox):
            raise MailboxSilent("imap: d’autres demandes à cette boîte attendent une réponse")

    def _all_wait_in_vain(self, mailbox: str) -> bool:
        now = self._clock()
        return all(now - request.heard_at > SILENT_SECONDS for request in self._pending.get(mailbox, ()))

    def _remember(self, mailbox: str) -> None:
        with self._changed:
            now = self._clock()
            self._silences = {
                name: silence
                for name, silence in self._silences.items()
                if silence.until + MAX_REST_SECONDS > now  # later, it is a silence of its own
            }
            former = self._silences.get(mailbox)
            rest = min(2 * former.rest, MAX_REST_SECONDS) if former else FIRST_REST_SECONDS
            self._silences[mailbox] = Silence(now + rest, rest)

    def _end(self, mailbox: str, request: PendingRequest) -> None:
        with self._changed:
            pending = self._pending[mailbox]
            pending.remove(request)
            if not pending:
                del self._pending[mailbox]
            self._changed.notify()
