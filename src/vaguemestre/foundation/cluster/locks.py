"""Locks that hold on every machine: one process at a time, or one that leads."""

import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from django.db import DatabaseError, connection, connections
from django.db.models import Model, QuerySet

from vaguemestre.foundation.kernel.errors import Refusal

log = logging.getLogger(__name__)

_RETRY_SECONDS = 3.0  # between two tries to lead


@contextmanager
def exclusive(name: str, file: Path) -> Iterator[bool]:
    """Try to hold the lock of that name while the block runs; yields whether it is ours, without waiting.

    `flock` on the file holds on this machine; on PostgreSQL an advisory lock of the session holds on all of
    them. Both are freed when the process dies, the second also when its connection is cut: without it the
    block cannot write any more.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o660)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        with _session_lock(name) as is_ours:
            yield is_ours
    finally:
        os.close(descriptor)


@contextmanager
def _session_lock(name: str) -> Iterator[bool]:
    if connection.vendor != "postgresql":
        yield True
        return
    is_ours = _try_lock(connection, name)
    try:
        yield is_ours
    finally:
        if is_ours:
            with suppress(DatabaseError), connection.cursor() as cursor:  # gone: so is the lock
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(name)])


@contextmanager
def turn(name: str) -> Iterator[None]:
    """Wait until no other machine runs a block of that name. Does not keep threads of this machine apart."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_key(name)])
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(name)])


def locked_row[Row: Model](rows: QuerySet[Row], code: str) -> Row:
    """The first of these rows, locked until the transaction ends. Raises Refusal `code` if there is none."""
    row = rows.select_for_update().first()
    if row is None:
        raise Refusal(code)
    return row


class Leadership:
    """Whether this process leads: one of all machines does, the next a few seconds after it is gone."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name, self._clock = name, clock
        self._lock = Lock()
        self._session: Any = None  # its own connection, whose end is the end of the leadership
        self._next_try = 0.0

    def leads(self) -> bool:
        """Whether this process leads now: the database is asked each time. On SQLite it always does."""
        if connection.vendor != "postgresql":
            return True
        with self._lock:
            if self._session is None and self._clock() < self._next_try:
                return False
            try:
                return self._is_alive() if self._session else self._try_to_lead()
            except DatabaseError as error:
                log.warning("leadership lost: %s", type(error).__name__)
                self.resign()
                return False

    def resign(self) -> None:
        """Let another process lead, and try again later."""
        session, self._session = self._session, None
        self._next_try = self._clock() + _RETRY_SECONDS
        if session:
            with suppress(DatabaseError):
                session.close()

    def _is_alive(self) -> bool:
        with self._session.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True

    def _try_to_lead(self) -> bool:
        session = connections.create_connection("default")
        session.inc_thread_sharing()
        self._session = session
        if not _try_lock(session, self._name):
            self.resign()
        return self._session is not None


def _try_lock(session: Any, name: str) -> bool:
    with session.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(name)])
        return bool(cursor.fetchone()[0])


def _key(name: str) -> int:
    digest = hashlib.blake2b(f"vaguemestre {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
