"""Connections to the submission service, each signed in as a mailbox, kept for a while between messages."""

import contextlib
import select
import smtplib
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

CONNECT_SECONDS = 3.0
KEPT_SECONDS = 10.0  # each occupies a process of the service
MAX_KEPT = 20  # per process of ours, one for a mailbox


class _Kept(NamedTuple):
    connection: smtplib.SMTP
    since: float


class Connections:
    """Used by any number of threads; a connection belongs to one of them between `take` and `put_back`.

    `token_for` mints a mail token for a mailbox; `certificate`: the authority of the service's certificate.
    """

    def __init__(
        self,
        address: tuple[str, int],
        certificate: Path,
        token_for: Callable[[str], str],
        *,
        kept_seconds: float = KEPT_SECONDS,
    ) -> None:
        self._address = address
        self._certificate = certificate
        self._token_for = token_for
        self._kept_seconds = kept_seconds
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()  # by mailbox, the oldest first
        self._sweeper: threading.Timer | None = None

    def take(self, mailbox: str) -> smtplib.SMTP | None:
        """The connection kept for that mailbox, None without one that is still open."""
        with self._lock:
            idle = self._kept.pop(mailbox, None)
        if idle is None:
            return None
        if time.monotonic() - idle.since < self._kept_seconds and _is_quiet(idle.connection):
            _prepare(idle.connection)
            return idle.connection
        _close(idle.connection)
        return None

    def open(self, mailbox: str) -> smtplib.SMTP:
        """A new connection, signed in. Raises smtplib.SMTPException, OSError; Refusal without a token."""
        connection = smtplib.SMTP(*self._address, timeout=CONNECT_SECONDS)
        try:
            self._sign_in(connection, mailbox)
        except BaseException:
            connection.close()
            raise
        return connection

    def put_back(self, mailbox: str, connection: smtplib.SMTP) -> None:
        """Keep a connection whose last message was accepted."""
        with self._lock:
            surplus = [self._kept.pop(mailbox, None)]
            self._kept[mailbox] = _Kept(connection, time.monotonic())
            if len(self._kept) > MAX_KEPT:
                surplus.append(self._kept.popitem(last=False)[1])
            self._watch()
        for kept in surplus:
            if kept is not None:
                _close(kept.connection)

    @property
    def kept_count(self) -> int:
        with self._lock:
            return len(self._kept)

    def close_all(self) -> None:
        """Close every kept connection."""
        with self._lock:
            kept = [*self._kept.values()]
            self._kept.clear()
        for one in kept:
            _close(one.connection)

    def _sign_in(self, connection: smtplib.SMTP, mailbox: str) -> None:
        context = ssl.create_default_context(cafile=str(self._certificate))
        connection.starttls(context=context)
        connection.ehlo_or_helo_if_needed()
        authzid = mailbox.replace("=", "=3D").replace(",", "=2C")
        response = f"n,a={authzid},\x01auth=Bearer {self._token_for(mailbox)}\x01\x01"
        # called again with the reason of a refusal, which takes an empty response (RFC 7628 §3.2.3)
        connection.auth("OAUTHBEARER", lambda challenge=None: response if challenge is None else "\x01")

    def _watch(self) -> None:
        """Have the kept connections closed in time, the lock being held."""
        if self._sweeper is None and self._kept:
            self._sweeper = threading.Timer(self._kept_seconds, self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep(self) -> None:
        limit = time.monotonic() - self._kept_seconds
        with self._lock:
            stale = [mailbox for mailbox, kept in self._kept.items() if kept.since <= limit]
            ended = [self._kept.pop(mailbox) for mailbox in stale]
            self._sweeper = None
            self._watch()
        for kept in ended:
            _close(kept.connection)


def _is_quiet(connection: smtplib.SMTP) -> bool:
    """Whether the service said nothing meanwhile: what it says unasked is that it hangs up."""
    try:
        return connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]
    except (OSError, ValueError):
        return False


def _prepare(connection: smtplib.SMTP) -> None:
    """Undo what the last message set."""
    connection.command_encoding = "ascii"
    if connection.sock is not None:
        connection.sock.settimeout(CONNECT_SECONDS)


def _close(connection: smtplib.SMTP) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if isinstance(connection.sock, socket.socket):
            connection.sock.sendall(b"QUIT\r\n")  # nobody waits for the answer
    connection.close()
