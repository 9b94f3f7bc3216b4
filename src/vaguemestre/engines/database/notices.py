"""Notices between machines (PostgreSQL's LISTEN and NOTIFY): one thread that hears, one that sends."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Condition, Event
from typing import Any

import psycopg
from psycopg import sql

log = logging.getLogger(__name__)

BEAT_SECONDS = 0.4
_RETRY_SECONDS = 0.4
_MAX_WAITING = 20_000  # notices, while the database is away; older ones are dropped
_MAX_TOGETHER = 500

type Ask = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


class NoticeListener:
    """Hears channels of PostgreSQL on a connection of its own, made again whenever it is lost.

    `receivers`: by channel. `beat` is called at least every BEAT_SECONDS while the connection answers, and
    right after a notice of one of the `urgent` channels; it is given a means of asking on that connection.
    `regained`: called when the connection is back, since notices were missed meanwhile.
    """

    def __init__(
        self,
        parameters: Mapping[str, Any],
        receivers: Mapping[str, Callable[[str], None]],
        *,
        urgent: Iterable[str],
        beat: Callable[[Ask], None],
        regained: Callable[[], None],
    ) -> None:
        self._parameters, self._receivers, self._urgent = parameters, receivers, frozenset(urgent)
        self._beat, self._regained = beat, regained

    def run(self, stop: Event) -> None:
        """Listen until told to stop."""
        was_listening = False
        while not stop.is_set():
            try:
                with psycopg.connect(**self._parameters, autocommit=True) as session:
                    for channel in (*self._receivers, *self._urgent):
                        session.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    self._beat(_asking(session))
                    if was_listening:
                        self._regained()
                    was_listening = True
                    self._listen(session, stop)
            except (psycopg.Error, OSError) as error:
                log.warning("notices of other machines not heard: %s", type(error).__name__)
                stop.wait(_RETRY_SECONDS)

    def _listen(self, session: "psycopg.Connection[Any]", stop: Event) -> None:
        next_beat = time.monotonic() + BEAT_SECONDS
        while not stop.is_set():
            rest = next_beat - time.monotonic()
            if rest <= 0:
                self._beat(_asking(session))
                next_beat = time.monotonic() + BEAT_SECONDS
                continue
            for notice in session.notifies(timeout=rest, stop_after=1):  # and those that come with it
                if receive := self._receivers.get(notice.channel):
                    receive(notice.payload)
                if notice.channel in self._urgent:
                    next_beat = 0.0


class NoticeSender:
    """Sends notices on one channel, in order, from a thread of its own. While the database is away they wait.

    `pack`: what waits together → the texts to send (each below PostgreSQL's 8,000 bytes).
    """

    def __init__(
        self, parameters: Mapping[str, Any], channel: str, pack: Callable[[Sequence[Any]], list[str]]
    ) -> None:
        self._parameters, self._channel, self._pack = parameters, channel, pack
        self._waiting: deque[Any] = deque(maxlen=_MAX_WAITING)
        self._changed = Condition()

    def send(self, items: Iterable[Any]) -> None:
        with self._changed:
            self._waiting.extend(items)
            self._changed.notify()

    def run(self, stop: Event) -> None:
        """Send until told to stop."""
        while not stop.is_set():
            try:
                with psycopg.connect(**self._parameters, autocommit=True) as session:
                    self._send_all(session, stop)
            except psycopg.Error as error:
                log.warning("notices to other machines wait: %s", type(error).__name__)
                stop.wait(_RETRY_SECONDS)

    def _send_all(self, session: "psycopg.Connection[Any]", stop: Event) -> None:
        while not stop.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._waiting, timeout=1)
                items = list(self._waiting)[:_MAX_TOGETHER]
            if not items:
                continue
            session.execute(
                "SELECT pg_notify(%s, text) FROM unnest(%s::text[]) AS text",
                [self._channel, self._pack(items)],
            )
            with self._changed:
                for _ in range(min(len(items), len(self._waiting))):
                    self._waiting.popleft()


def _asking(session: "psycopg.Connection[Any]") -> Ask:
    def ask(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return session.execute(statement.encode(), values).fetchall()

    return ask
