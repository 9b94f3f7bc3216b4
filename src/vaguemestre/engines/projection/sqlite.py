"""The projection as a small SQLite file of its own.

To read a WAL database, Dovecot needs to write beside it, so it is never given the main one.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.projection.directory import SCHEMA, SqlMailDirectory
from vaguemestre.engines.projection.withdrawals import Cursor
from vaguemestre.engines.system_users import postfix_group, set_owner, system_user
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_TIMEOUT_SECONDS = 5.0


def prepare(instance: Instance) -> None:
    """Create the file, owned by the mail user and readable by Postfix's group, in a folder both may write."""
    path = instance.projection_path
    path.parent.mkdir(parents=True, exist_ok=True)
    user, group = system_user().pw_uid, postfix_group()
    set_owner(path.parent, user, group, 0o2770)
    directory = SqliteMailDirectory(path)
    directory.held_names()
    directory.close()
    for file in path.parent.glob(f"{path.name}*"):
        set_owner(file, user, group, 0o660)


class SqliteMailDirectory(SqlMailDirectory):
    """Mail directory in an SQLite file, created when missing."""

    placeholder = "?"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def work(self, what: str, *, writes: bool = False) -> Iterator[Cursor]:
        with self._lock:
            try:
                connection = self._connected()
                connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                with connection:
                    yield connection.cursor()
            except sqlite3.IntegrityError as error:
                raise EngineRefused(f"projection {what}: {error}") from error
            except sqlite3.Error as error:
                raise EngineDown(f"projection {what}: {error}") from error

    def _take_turn(self, cursor: Cursor) -> None:
        """A file has one writer at a time already."""

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._path, timeout=_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.executescript(SCHEMA)
        return self._connection
