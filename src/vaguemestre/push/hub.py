"""Who listens to which mailbox. One event loop, no locks."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable

from vaguemestre.kernel.tickets import Ticket
from vaguemestre.push.rules import event
from vaguemestre.push.values import Change

_BACKLOG = 100  # a page that reads no faster is told to ask for everything again, by being closed


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
    def __init__(self) -> None:
        self._streams: defaultdict[str, set[Stream]] = defaultdict(set)

    def __len__(self) -> int:
        return sum(len(streams) for streams in self._streams.values())

    def join(self, ticket: Ticket) -> Stream:
        stream = Stream(ticket)
        self._streams[ticket.mailbox].add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        streams = self._streams[stream.ticket.mailbox]
        streams.discard(stream)
        if not streams:
            del self._streams[stream.ticket.mailbox]

    def tell(self, changes: Iterable[Change]) -> None:
        for change in changes:
            text = event(change)
            for stream in tuple(self._streams.get(change.mailbox, ())):
                stream.tell(text)

    def sessions(self) -> set[str]:
        return {stream.ticket.session_key for streams in self._streams.values() for stream in streams}

    def end(self, session_keys: Collection[str]) -> None:
        for streams in tuple(self._streams.values()):
            for stream in tuple(streams):
                if stream.ticket.session_key in session_keys:
                    stream.end()
