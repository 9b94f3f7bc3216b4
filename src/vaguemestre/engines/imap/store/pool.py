"""Connection pool of one process.

A connection is lent to one thread. It is kept when it comes back with nothing selected, and lent again when
nothing is unread; otherwise it is closed. It belongs to one browser session and is closed when that ends.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from vaguemestre.engines.imap.protocol.connection import Connection
from vaguemestre.engines.imap.protocol.line_stream import TooSlow
from vaguemestre.engines.imap.store.fairness import FairTurns
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.values import MailLogin

IDLE_SECONDS = 90.0
SWEEP_SECONDS = 1.0
MAX_IDLE_PER_LOGIN = 2
MAX_WAITING_PER_MAILBOX = 3  # requests that may wait for an answer at once
MAX_CONNECTIONS = 200  # per process; each costs Dovecot 1.7 MiB


class Lease:
    """A connection on loan, opened or taken from the pool when first used."""

    def __init__(self, pool: "Pool", login: MailLogin) -> None:
        self._pool = pool
        self._login = login
        self._connection: Connection | None = None
        self._is_fresh = False
        self._generation = pool.generation
        self._heard_at = self._taken_at = time.monotonic()

    @property
    def heard_at(self) -> float:
        """When the mail store last sent something during this loan, or when the loan began (monotonic)."""
        connection = self._connection
        return max(self._heard_at, connection.heard_at) if connection is not None else self._heard_at

    @property
    def connection(self) -> Connection:
        """Raises EngineDown, EngineRefused when none can be opened."""
        if self._connection is None:
            self._connection, self._is_fresh = self._pool.take(self._login)
            self._taken_at = time.monotonic()
        return self._connection

    def renew(self) -> bool:
        """Replace a dead connection by a new one. False when the dead one was new already."""
        if self._is_fresh:
            return False
        self._pool.drop_idle(self._login)
        self._close()
        return True

    @property
    def has_heard(self) -> bool:
        """Whether the mail store sent anything since the connection of this loan was taken."""
        return self.heard_at > self._taken_at

    def replace(self) -> None:
        """Close a connection whose answer did not end; the next command opens another one."""
        self._close()

    def give_back(self) -> None:
        if self._connection is not None:
            self._heard_at = self.heard_at
            self._pool.put_back(self._login, self._connection, self._generation)
            self._connection = None

    def _close(self) -> None:
        if self._connection is not None:
            self._heard_at = self.heard_at
            self._pool.discard(self._connection)
            self._connection = None


class Pool:
    """Idle connections by login.

    `generation` changes whenever a session has ended; `ended` returns the ended ones among session keys. It
    is never called with an empty key, which is the worker's.
    """

    def __init__(
        self,
        connect: Callable[[MailLogin], Connection],
        generation: Callable[[], int] = lambda: 0,
        ended: Callable[[set[str]], Collection[str]] = lambda _: (),
        on_forget: Callable[[str], None] = lambda _: None,
        *,
        idle_seconds: float = IDLE_SECONDS,
        most: int = MAX_CONNECTIONS,
        most_waiting: int = MAX_WAITING_PER_MAILBOX,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._generation = generation
        self._ended = ended
        self._on_forget = on_forget
        self._idle_seconds = idle_seconds
        self._most = most
        self._fair_turns = FairTurns(most_waiting)
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: OrderedDict[MailLogin, list[Connection]] = OrderedDict()  # least recently used first
        self._open = 0
        self._last_generation: int | None = None
        self._sweeper: threading.Thread | None = None
        self._stopped = threading.Event()

    @contextmanager
    def lend(self, login: MailLogin) -> Iterator[Lease]:
        """A lease for the time of a `with`.

        Raises MailboxSilent when the mailbox did not answer, this loan or those that came before it.
        """
        self.close_ended_sessions()
        lease = Lease(self, login)
        with self._fair_turns.turn(login.mailbox, lease, is_awaited=bool(login.session_key)):
            try:
                yield lease
            except TooSlow:
                self.drop_idle(login)  # the others would most likely not answer either
                raise
            finally:
                lease.give_back()

    def close_ended_sessions(self) -> None:
        """Close the idle connections of the sessions that ended since the last call."""
        generation = self._generation()
        if generation == self._last_generation:
            return
        with self._lock:
            is_first, self._last_generation = self._last_generation is None, generation
            keys = {login.session_key for login in self._idle if login.session_key}
        for key in self._ended(keys) if keys and not is_first else ():
            self.forget(key)

    def forget(self, session_key: str) -> None:
        """Close the idle connections of a session; those on loan are closed when they come back."""
        with self._lock:
            logins = [login for login in self._idle if login.session_key == session_key]
            connections = [connection for login in logins for connection in self._idle.pop(login)]
            self._open -= len(connections)
        for connection in connections:
            connection.close()
        for login in logins:
            self._on_forget(login.mailbox)

    def close_all(self) -> None:
        """Close every idle connection and stop the sweeper."""
        self._stopped.set()
        with self._lock:
            connections = [connection for idle in self._idle.values() for connection in idle]
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
            return sum(map(len, self._idle.values()))

    # For leases

    def take(self, login: MailLogin) -> tuple[Connection, bool]:
        """The connection last given back, or a new one; whether it is new."""
        while True:
            with self._lock:
                idle = self._idle.get(login)
                connection = idle.pop() if idle else None
                if idle is not None and not idle:
                    del self._idle[login]
            if connection is None:
                return self._open_connection(login), True
            # a server that closed it meanwhile shows here, so a command that is never retried succeeds too
            if self._clock() - connection.used_at < self._idle_seconds and connection.is_reusable:
                return connection, False
            self.discard(connection)

    def put_back(self, login: MailLogin, connection: Connection, generation: int) -> None:
        """Keep the connection for the next loan, unless its session ended since that generation."""
        # `is_reusable` is checked at the next loan: the last answer may still be on its way
        is_kept = connection.selected is None and not connection.broken
        if is_kept and login.session_key and self._generation() != generation:
            is_kept = login.session_key not in self._ended({login.session_key})
        if not is_kept:
            self.discard(connection)
            return
        connection.used_at = self._clock()
        extra: list[Connection] = []
        with self._lock:
            idle = self._idle.setdefault(login, [])
            idle.append(connection)
            self._idle.move_to_end(login)
            if len(idle) > MAX_IDLE_PER_LOGIN:
                extra.append(idle.pop(0))
        for surplus in extra:
            self.discard(surplus)
        self._start_sweeper()

    def discard(self, connection: Connection) -> None:
        connection.close()
        with self._lock:
            self._open -= 1

    def drop_idle(self, login: MailLogin) -> None:
        """Close the idle connections of a login: when one died, the others most likely did too."""
        with self._lock:
            connections = self._idle.pop(login, [])
        for connection in connections:
            self.discard(connection)

    # Inside

    def _open_connection(self, login: MailLogin) -> Connection:
        oldest: list[Connection] = []
        with self._lock:
            if self._open >= self._most:
                if not self._idle:
                    raise EngineDown("imap: toutes les connexions servent : recommencez dans un instant")
                oldest = self._idle.popitem(last=False)[1]
                self._open -= len(oldest)
            self._open += 1
        for connection in oldest:
            connection.close()
        opened: Connection | None = None
        try:
            opened = self._connect(login)
            return opened
        finally:
            if opened is None:
                with self._lock:
                    self._open -= 1

    def sweep(self) -> None:
        """Close connections idle for too long, and those of ended sessions."""
        self.close_ended_sessions()
        limit = self._clock() - self._idle_seconds
        stale: list[Connection] = []
        with self._lock:
            for login in list(self._idle):
                idle = self._idle[login]
                stale += [connection for connection in idle if connection.used_at < limit]
                idle[:] = [connection for connection in idle if connection.used_at >= limit]
                if not idle:
                    del self._idle[login]
            self._open -= len(stale)
        for connection in stale:
            connection.close()

    def _start_sweeper(self) -> None:
        if self._sweeper is None or not self._sweeper.is_alive():
            with self._lock:
                is_running = self._sweeper is not None and self._sweeper.is_alive()
                if not is_running and not self._stopped.is_set():
                    self._sweeper = threading.Thread(
                        target=self._sweep_until_stopped, name="imap-pool", daemon=True
                    )
                    self._sweeper.start()

    def _sweep_until_stopped(self) -> None:
        while not self._stopped.wait(SWEEP_SECONDS):
            self.sweep()
