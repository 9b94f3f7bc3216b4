"""Who listens to which mailbox. One event loop, no locks."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable

from vaguemestre.foundation.kernel.tickets import Ticket
from vaguemestre.foundation.push.rules import event
from vaguemestre.foundation.push.values import Change

_BACKLOG = 100  # a page that reads no faster is told to ask for everything again, by being closed
_REMEMBERED = 120.0  # seconds: for a page that is slow to open its stream
_WRITING = 3  # seconds a page may have taken to be written before its ticket was


class Stream:
    """One open page. `None` in the queue means: over."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(_BACKLOG + 1)

    def tell(self, text: bytes) -> None:
        if self.queue.qsize() < _BACKLOG:
            self.queue.put_nowait(text)
        else:
            self.end()

    def end(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """`clock`: Unix time, as tickets have it."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._streams: defaultdict[str, set[Stream]] = defaultdict(set)
        self._clock = clock
        # what was told lately of each mailbox, and when; the mailbox told of last stands last
        self._lately: OrderedDict[str, dict[bytes, float]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(streams) for streams in self._streams.values())

    def join(self, ticket: Ticket) -> Stream:
        """Told at once of what changed since its page was written: between the two nobody listened."""
        stream = Stream(ticket)
        self._streams[ticket.mailbox].add(stream)
        for text, told_at in self._lately.get(ticket.mailbox, {}).items():
            if told_at >= ticket.issued_at - _WRITING:
                stream.tell(text)
        return stream

    def leave(self, stream: Stream) -> None:
        streams = self._streams[stream.ticket.mailbox]
        streams.discard(stream)
        if not streams:
            del self._streams[stream.ticket.mailbox]

    def tell(self, changes: Iterable[Change]) -> None:
        now = self._clock()
        for change in changes:
            text = event(change)
            self._remember(change.mailbox, text, now)
            for stream in tuple(self._streams.get(change.mailbox, ())):
                stream.tell(text)

    def _remember(self, mailbox: str, text: bytes, now: float) -> None:
        self._lately.setdefault(mailbox, {})[text] = now
        self._lately.move_to_end(mailbox)
        while max(next(iter(self._lately.values())).values()) < now - _REMEMBERED:
            self._lately.popitem(last=False)

    def sessions(self) -> set[str]:
        return {stream.ticket.session_key for streams in self._streams.values() for stream in streams}

    def end(self, session_keys: Collection[str]) -> None:
        for streams in tuple(self._streams.values()):
            for stream in tuple(streams):
                if stream.ticket.session_key in session_keys:
                    stream.end()
