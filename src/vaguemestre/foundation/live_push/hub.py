"""Open streams by mailbox. One event loop, no locks."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable

from vaguemestre.foundation.kernel.tickets import Ticket
from vaguemestre.foundation.live_push.rules import event_data, server_sent_event
from vaguemestre.foundation.live_push.values import Change

_MAX_QUEUED = 100  # a slower page is disconnected, so that it reloads everything
_REMEMBERED_SECONDS = 120.0  # for a page that is slow to open its stream
_RENDERING_SECONDS = 3  # a page may have been rendered that long before its ticket


class Stream:
    """The stream of one open page. `None` in the queue ends it. `marks`: of whatever ends its session."""

    def __init__(self, ticket: Ticket, marks: Collection[int] = ()) -> None:
        self.ticket = ticket
        self.marks = marks
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(_MAX_QUEUED + 1)
        self._ending = event_data(ticket.only) if ticket.only else b""

    def send(self, text: bytes) -> None:
        """Queue an event, unless it is about a folder that the ticket does not tell of."""
        if not text.endswith(self._ending):
            return
        if self.queue.qsize() < _MAX_QUEUED:
            self.queue.put_nowait(text)
        else:
            self.end()

    def end(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """`clock`: Unix time, as tickets have it; `marks_of`: the marks of whatever ends a session."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        marks_of: Callable[[str], Collection[int]] = lambda _: (),
    ) -> None:
        self._marks_of = marks_of
        self._streams: defaultdict[str, set[Stream]] = defaultdict(set)
        self._clock = clock
        # recent events of each mailbox and their times; what was notified last stands last, in both
        self._recent: OrderedDict[str, OrderedDict[bytes, float]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(streams) for streams in self._streams.values())

    def join(self, ticket: Ticket) -> Stream:
        """Add a stream; it gets the events since its page was rendered, when none was listening."""
        stream = Stream(ticket, self._marks_of(ticket.session_key))
        self._streams[ticket.mailbox].add(stream)
        for text, sent_at in self._recent.get(ticket.mailbox, {}).items():
            if sent_at >= ticket.issued_at - _RENDERING_SECONDS:
                stream.send(text)
        return stream

    def leave(self, stream: Stream) -> None:
        streams = self._streams[stream.ticket.mailbox]
        streams.discard(stream)
        if not streams:
            del self._streams[stream.ticket.mailbox]

    def notify(self, changes: Iterable[Change]) -> None:
        now = self._clock()
        for change in changes:
            text = server_sent_event(change)
            self._remember(change.mailbox, text, now)
            for stream in tuple(self._streams.get(change.mailbox, ())):
                stream.send(text)

    def _remember(self, mailbox: str, text: bytes, now: float) -> None:
        events = self._recent.setdefault(mailbox, OrderedDict())
        events[text] = now
        events.move_to_end(text)
        if len(events) > _MAX_QUEUED + 1:  # a page that gets so many at once reloads everything
            events.popitem(last=False)
        self._recent.move_to_end(mailbox)
        while _last_time(next(iter(self._recent.values()))) < now - _REMEMBERED_SECONDS:
            self._recent.popitem(last=False)

    def sessions(self, marks: Collection[int] | None = None) -> set[str]:
        """The keys of sessions that have a page open: all, or those that bear one of these marks."""
        return {
            stream.ticket.session_key
            for streams in self._streams.values()
            for stream in streams
            if marks is None or any(mark in marks for mark in stream.marks)
        }

    def end(self, session_keys: Collection[str]) -> None:
        for streams in tuple(self._streams.values()):
            for stream in tuple(streams):
                if stream.ticket.session_key in session_keys:
                    stream.end()

    def end_all(self) -> None:
        """End every stream: their pages come back and ask for what they may have missed."""
        for streams in tuple(self._streams.values()):
            for stream in tuple(streams):
                stream.end()


def _last_time(events: OrderedDict[bytes, float]) -> float:
    return events[next(reversed(events))]
