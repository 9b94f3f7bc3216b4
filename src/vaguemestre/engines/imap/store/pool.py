"""Warm connections of one process, kept between requests.

A connection is lent to one thread. It comes back with nothing selected and is lent again with nothing unread,
or else closed. It belongs to one browser session: when the session ends, so does the connection.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from vaguemestre.engines.imap.protocol.wire import Connection
from vaguemestre.engines.imap.store.fairness import Turns
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.values import MailLogin

IDLE_SECONDS = 90.0
SWEEP_SECONDS = 1.0  # looking at the counter costs nothing
MOST_IDLE_EACH = 2
MOST_WAITING_EACH = 3  # requests of one mailbox that may wait for an answer at once
MOST_CONNECTIONS = 200  # a worker; each costs Dovecot 1.7 MiB


class Lease:
    """A connection on loan. `connection` may be exchanged once for a fresh one."""

    def __init__(self, pool: "Pool", login: MailLogin) -> None:
        self._pool = pool
        self._login = login
        self._held: Connection | None = None
        self._is_fresh = False
        self._generation = pool.generation
        self._began_at = time.monotonic()

    @property
    def heard_at(self) -> float:
        """When the mail store last said something to this loan, or when the loan began."""
        held = self._held
        return max(self._began_at, held.heard_at) if held is not None else self._began_at

    @property
    def connection(self) -> Connection:
        """Taken when first needed. Raises EngineDown, EngineRefused."""
        if self._held is None:
            self._held, self._is_fresh = self._pool.take(self._login)
        return self._held

    def renew(self) -> bool:
        """After a dead connection: have the next one opened anew. False when this one was new already."""
        if self._is_fresh:
            return False
        self._pool.drop_idle(self._login)
        self._close()
        return True

    @property
    def has_heard(self) -> bool:
        """Whether the mail store said anything during this loan."""
        return self.heard_at > self._began_at

    def replace(self) -> None:
        """After an answer that did not end: have the next question asked on another connection."""
        self._close()

    def give_back(self) -> None:
        if self._held is not None:
            self._pool.put_back(self._login, self._held, self._generation)
            self._held = None

    def _close(self) -> None:
        if self._held is not None:
            self._pool.discard(self._held)
            self._held = None


class Pool:
    """`generation` moves whenever some session ended; `ended` then says which of these keys have.

    It is never asked about an empty key, which is the worker's.
    """

    def __init__(
        self,
        connect: Callable[[MailLogin], Connection],
        generation: Callable[[], int] = lambda: 0,
        ended: Callable[[set[str]], Collection[str]] = lambda _: (),
        on_forget: Callable[[str], None] = lambda _: None,
        *,
        idle_seconds: float = IDLE_SECONDS,
        most: int = MOST_CONNECTIONS,
        most_waiting: int = MOST_WAITING_EACH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._generation = generation
        self._ended = ended
        self._on_forget = on_forget
        self._idle_seconds = idle_seconds
        self._most = most
        self._turns = Turns(most_waiting)
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: OrderedDict[MailLogin, list[Connection]] = OrderedDict()  # least recently used first
        self._open = 0
        self._seen_generation: int | None = None
        self._sweeper: threading.Thread | None = None
        self._stopped = threading.Event()

    @contextmanager
    def lend(self, login: MailLogin) -> Iterator[Lease]:
        """A lease for the time of a `with`; an exception closes the connection unless it is clean."""
        self.follow()
        lease = Lease(self, login)
        with self._turns.turn(login.mailbox, lease):
            try:
                yield lease
            finally:
                lease.give_back()

    def follow(self) -> None:
        """When sessions ended since the last look, close what they had open."""
        now = self._generation()
        if now == self._seen_generation:
            return
        with self._lock:
            is_first, self._seen_generation = self._seen_generation is None, now
            keys = {login.session_key for login in self._idle if login.session_key}
        for key in self._ended(keys) if keys and not is_first else ():
            self.forget(key)

    def forget(self, session_key: str) -> None:
        """Close the idle connections of a session; lent ones are closed when they come back."""
        with self._lock:
            gone = [login for login in self._idle if login.session_key == session_key]
            connections = [connection for login in gone for connection in self._idle.pop(login)]
            self._open -= len(connections)
        for connection in connections:
            connection.close()
        for login in gone:
            self._on_forget(login.mailbox)

    def close_all(self) -> None:
        """Close every idle connection, and stop watching."""
        self._stopped.set()
        with self._lock:
            connections = [connection for kept in self._idle.values() for connection in kept]
            self._idle.clear()
            self._open -= len(connections)
        for connection in connections:
            connection.close()

    @property
    def generation(self) -> int:
        return self._generation()

    @property
    def idle_count(self) -> int:
        with self._lock:
            return sum(len(kept) for kept in self._idle.values())

    # For leases

    def take(self, login: MailLogin) -> tuple[Connection, bool]:
        """The connection last given back, or a new one (True)."""
        while True:
            with self._lock:
                kept = self._idle.get(login)
                connection = kept.pop() if kept else None
                if kept is not None and not kept:
                    del self._idle[login]
            if connection is None:
                return self._opened(login), True
            # a server that went away meanwhile is seen here: an act that is never tried twice succeeds too
            if self._clock() - connection.used_at < self._idle_seconds and connection.is_fit:
                return connection, False
            self.discard(connection)

    def put_back(self, login: MailLogin, connection: Connection, generation: int) -> None:
        """Keep it for the next one, unless its session ended since that generation."""
        # whether it is fit is seen when it is lent again: the last answer may still be on its way
        fit = connection.selected is None and not connection.broken
        if fit and login.session_key and self._generation() != generation:
            fit = login.session_key not in self._ended({login.session_key})
        if not fit:
            self.discard(connection)
            return
        connection.used_at = self._clock()
        extra: list[Connection] = []
        with self._lock:
            kept = self._idle.setdefault(login, [])
            kept.append(connection)
            self._idle.move_to_end(login)
            if len(kept) > MOST_IDLE_EACH:
                extra.append(kept.pop(0))
        for one in extra:
            self.discard(one)
        self._watch()

    def discard(self, connection: Connection) -> None:
        connection.close()
        with self._lock:
            self._open -= 1

    def drop_idle(self, login: MailLogin) -> None:
        """Close what is idle for a login: when one died, so did the others, most likely."""
        with self._lock:
            connections = self._idle.pop(login, [])
        for connection in connections:
            self.discard(connection)

    # Inside

    def _opened(self, login: MailLogin) -> Connection:
        oldest: list[Connection] = []
        with self._lock:
            if self._open >= self._most:
                if not self._idle:
                    raise EngineDown("imap: every connection is in use")
                oldest = self._idle.popitem(last=False)[1]
                self._open -= len(oldest)
            self._open += 1
        for connection in oldest:
            connection.close()
        made: Connection | None = None
        try:
            made = self._connect(login)
            return made
        finally:
            if made is None:
                with self._lock:
                    self._open -= 1

    def sweep(self) -> None:
        """Close what has been idle too long, and what belonged to sessions that ended."""
        self.follow()
        limit = self._clock() - self._idle_seconds
        stale: list[Connection] = []
        with self._lock:
            for login in list(self._idle):
                kept = self._idle[login]
                stale += [connection for connection in kept if connection.used_at < limit]
                kept[:] = [connection for connection in kept if connection.used_at >= limit]
                if not kept:
                    del self._idle[login]
            self._open -= len(stale)
        for connection in stale:
            connection.close()

    def _watch(self) -> None:
        if self._sweeper is None or not self._sweeper.is_alive():
            with self._lock:
                watched = self._sweeper is not None and self._sweeper.is_alive()
                if not watched and not self._stopped.is_set():
                    self._sweeper = threading.Thread(
                        target=self._sweep_for_ever, name="imap-pool", daemon=True
                    )
                    self._sweeper.start()

    def _sweep_for_ever(self) -> None:
        while not self._stopped.wait(SWEEP_SECONDS):
            self.sweep()
