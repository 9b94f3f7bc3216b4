"""The projection as a small SQLite file of its own.

Dovecot must be able to write beside a WAL database even to read it, so it is never given the main one.
"""

import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from vaguemestre.engines.instance import Instance, own, postfix_group, system_user
from vaguemestre.kernel.errors import EngineDown, EngineRefused
from vaguemestre.provisioning.values import AppKey, Owed

_PATIENCE_SECONDS = 5.0
_SCHEMA = resources.files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")


def prepare(instance: Instance) -> None:
    """Make the file, owned by the mail user and readable by Postfix's group, in a folder both may write."""
    path = instance.projection_path
    path.parent.mkdir(parents=True, exist_ok=True)
    user, group = system_user().pw_uid, postfix_group()
    own(path.parent, user, group, 0o2770)
    directory = SqliteMailDirectory(path)
    directory.held_names()
    directory.close()
    for file in path.parent.glob(f"{path.name}*"):
        own(file, user, group, 0o660)


class SqliteMailDirectory:
    """Implements `provisioning.ports.MailDirectory`; one connection, shared by the threads of a process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def put(self, owed: Iterable[Owed]) -> None:
        """Make these mailboxes so. Raises EngineRefused when a name or an address is another mailbox's."""
        wanted = tuple(owed)
        with self._writing("put") as connection:
            # names may pass from one of these mailboxes to another, so all go before any comes
            for table in ("name", "address", "app_key"):
                connection.executemany(
                    f"DELETE FROM {table} WHERE mailbox = ?",  # noqa: S608 (our three table names)
                    ((one.mailbox,) for one in wanted),
                )
            connection.executemany(
                "INSERT INTO mailbox (mailbox, active, quota_mb) VALUES (?, ?, ?) ON CONFLICT (mailbox)"
                " DO UPDATE SET active = excluded.active, quota_mb = excluded.quota_mb",
                ((one.mailbox, one.active, one.quota_mb) for one in wanted),
            )
            connection.executemany("INSERT INTO name VALUES (?, ?)", _name_rows(wanted))
            connection.executemany("INSERT INTO address VALUES (?, ?, ?, ?)", _address_rows(wanted))
            connection.executemany("INSERT INTO app_key VALUES (?, ?, ?)", _key_rows(wanted))

    def drop(self, mailboxes: Iterable[str]) -> None:
        with self._writing("drop") as connection:
            connection.executemany("DELETE FROM mailbox WHERE mailbox = ?", ((one,) for one in mailboxes))

    def held(self) -> Mapping[str, Owed]:
        with self._reading("held") as connection:
            rows = connection.execute("SELECT mailbox, active, quota_mb FROM mailbox").fetchall()
            names = _grouped(connection.execute("SELECT mailbox, name FROM name ORDER BY name"))
            receives = _grouped(connection.execute("SELECT mailbox, address FROM address ORDER BY address"))
            sends = _grouped(
                connection.execute("SELECT mailbox, address FROM address WHERE sends ORDER BY address")
            )
            keys: dict[str, list[AppKey]] = defaultdict(list)
            for mailbox, digest, expires_at in connection.execute(
                "SELECT mailbox, token_sha256, expires_at FROM app_key ORDER BY token_sha256"
            ):
                keys[mailbox].append(AppKey(digest, expires_at))
        return {
            mailbox: Owed(
                mailbox=mailbox,
                active=bool(active),
                quota_mb=quota_mb,
                names=tuple(names[mailbox]),
                receives=tuple(receives[mailbox]),
                sends=tuple(sends[mailbox]),
                app_keys=tuple(keys[mailbox]),
            )
            for mailbox, active, quota_mb in rows
        }

    def held_names(self) -> frozenset[str]:
        """The mailboxes only: cheap enough for a health check."""
        with self._reading("held") as connection:
            return frozenset(row[0] for row in connection.execute("SELECT mailbox FROM mailbox"))

    def allow_token(self, mailbox: str, token_sha256: str, expires_at: int) -> None:
        with self._writing("token") as connection:
            connection.execute("DELETE FROM token WHERE expires_at < ?", (int(time.time()),))
            connection.execute(
                "INSERT INTO token (token_sha256, mailbox, expires_at) VALUES (?, ?, ?)"
                " ON CONFLICT (token_sha256) DO UPDATE SET expires_at = excluded.expires_at",
                (token_sha256, mailbox, expires_at),
            )

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None:
        with self._writing("token") as connection:
            connection.executemany("DELETE FROM token WHERE token_sha256 = ?", ((t,) for t in token_sha256s))

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _writing(self, what: str) -> Iterator[sqlite3.Connection]:
        with self._reading(what) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _reading(self, what: str) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connected()
            except sqlite3.IntegrityError as error:
                raise EngineRefused(f"projection {what}: {error}") from error
            except sqlite3.Error as error:
                raise EngineDown(f"projection {what}: {error}") from error

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._path, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.executescript(_SCHEMA)
        return self._connection


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for mailbox, text in rows:
        grouped[mailbox].append(text)
    return grouped


def _name_rows(wanted: Iterable[Owed]) -> Iterator[tuple[str, str]]:
    return ((name, one.mailbox) for one in wanted for name in sorted({*one.names}))


def _address_rows(wanted: Iterable[Owed]) -> Iterator[tuple[str, str, str, bool]]:
    return (
        (address, address.rpartition("@")[2], one.mailbox, address in one.sends)
        for one in wanted
        for address in sorted({*one.receives})
    )


def _key_rows(wanted: Iterable[Owed]) -> Iterator[tuple[str, str, int]]:
    return ((key.token_sha256, one.mailbox, key.expires_at) for one in wanted for key in one.app_keys)
