"""What `provisioning.ports.MailDirectory` promises, in the SQL that SQLite and PostgreSQL share."""

import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from importlib import resources
from typing import Any, Protocol

from vaguemestre.kernel.errors import EngineDown
from vaguemestre.provisioning.values import AppKey, Owed

SCHEMA = resources.files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")


class Cursor(Protocol):
    """What both drivers' cursors have."""

    def execute(self, query: Any, parameters: Any = ..., /) -> Any: ...
    def executemany(self, query: Any, parameters: Any, /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class SqlMailDirectory(ABC):
    """Implements `provisioning.ports.MailDirectory`; one connection, shared by the threads of a process.

    Every method may raise EngineDown. A connection of its own, outside any transaction of the caller's: the
    engines see a change when the call returns.
    """

    mark: str  # how the driver writes a parameter

    @abstractmethod
    def _work(self, what: str) -> AbstractContextManager[Cursor]:
        """A cursor in a transaction of its own. Translates the driver's errors."""

    @abstractmethod
    def close(self) -> None: ...

    def put(self, owed: Iterable[Owed]) -> None:
        """Make these mailboxes so. Raises EngineRefused when a name or an address is another mailbox's."""
        wanted = tuple(owed)
        with self._work("put") as cursor:
            # names may pass from one of these mailboxes to another, so all go before any comes
            for table in ("name", "address", "app_key"):
                cursor.executemany(
                    f"DELETE FROM {table} WHERE mailbox = {self.mark}",  # noqa: S608 (our own names)
                    [(one.mailbox,) for one in wanted],
                )
            cursor.executemany(
                f"INSERT INTO mailbox (mailbox, active, quota_mb) VALUES ({self._marks(3)})"  # noqa: S608
                " ON CONFLICT (mailbox)"
                " DO UPDATE SET active = excluded.active, quota_mb = excluded.quota_mb",
                [(one.mailbox, int(one.active), one.quota_mb) for one in wanted],
            )
            self._insert(cursor, "name", _name_rows(wanted))
            self._insert(cursor, "address", _address_rows(wanted))
            self._insert(cursor, "app_key", _key_rows(wanted))

    def drop(self, mailboxes: Iterable[str]) -> None:
        """Forget these mailboxes, with their names, keys and tokens."""
        with self._work("drop") as cursor:
            cursor.executemany(
                f"DELETE FROM mailbox WHERE mailbox = {self.mark}",  # noqa: S608
                [(one,) for one in mailboxes],
            )

    def held(self) -> Mapping[str, Owed]:
        """Everything the engines know, by mailbox; names, addresses and keys in their order."""
        with self._work("held") as cursor:
            rows = _all(cursor, "SELECT mailbox, active, quota_mb FROM mailbox")
            names = _grouped(_all(cursor, "SELECT mailbox, name FROM name"))
            addresses = _all(cursor, "SELECT mailbox, address, sends FROM address")
            keys: dict[str, list[AppKey]] = defaultdict(list)
            for mailbox, digest, expires_at in _all(
                cursor, "SELECT mailbox, token_sha256, expires_at FROM app_key ORDER BY token_sha256"
            ):
                keys[mailbox].append(AppKey(digest, expires_at))
        receives = _grouped((mailbox, address) for mailbox, address, _ in addresses)
        sends = _grouped((mailbox, address) for mailbox, address, may_send in addresses if may_send)
        return {
            mailbox: Owed(
                mailbox=mailbox,
                active=bool(active),
                quota_mb=quota_mb,
                names=tuple(sorted(names[mailbox])),
                receives=tuple(sorted(receives[mailbox])),
                sends=tuple(sorted(sends[mailbox])),
                app_keys=tuple(keys[mailbox]),
            )
            for mailbox, active, quota_mb in rows
        }

    def held_names(self) -> frozenset[str]:
        """The mailboxes only: cheap enough for a health check."""
        with self._work("held") as cursor:
            return frozenset(mailbox for (mailbox,) in _all(cursor, "SELECT mailbox FROM mailbox"))

    def sending_addresses(self, mailbox: str) -> frozenset[str]:
        """What Postfix's map of senders says of that mailbox."""
        with self._work("senders") as cursor:
            cursor.execute(
                f"SELECT address FROM address WHERE mailbox = {self.mark} AND sends = 1",  # noqa: S608
                (mailbox,),
            )
            return frozenset(address for (address,) in cursor.fetchall())

    def allow_token(self, mailbox: str, token_sha256: str, expires_at: int) -> None:
        """Raises EngineDown when nobody has that mailbox: not yet, as it follows the database."""
        with self._work("token") as cursor:
            cursor.execute(f"SELECT 1 FROM mailbox WHERE mailbox = {self.mark}", (mailbox,))  # noqa: S608
            if not cursor.fetchall():
                raise EngineDown(f"projection token: {mailbox} is not known yet")
            cursor.execute(
                f"DELETE FROM token WHERE expires_at < {self.mark}",  # noqa: S608
                (int(time.time()),),
            )
            cursor.execute(
                f"INSERT INTO token (token_sha256, mailbox, expires_at) VALUES ({self._marks(3)})"  # noqa: S608
                " ON CONFLICT (token_sha256) DO UPDATE SET expires_at = excluded.expires_at",
                (token_sha256, mailbox, expires_at),
            )

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None:
        with self._work("token") as cursor:
            cursor.executemany(
                f"DELETE FROM token WHERE token_sha256 = {self.mark}",  # noqa: S608
                [(token,) for token in token_sha256s],
            )

    def _insert(self, cursor: Cursor, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            cursor.executemany(f"INSERT INTO {table} VALUES ({self._marks(len(rows[0]))})", rows)  # noqa: S608

    def _marks(self, count: int) -> str:
        return ", ".join([self.mark] * count)


def _all(cursor: Cursor, query: str) -> list[Any]:
    cursor.execute(query)
    return cursor.fetchall()


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for mailbox, text in rows:
        grouped[mailbox].append(text)
    return grouped


def _name_rows(wanted: Iterable[Owed]) -> list[tuple[Any, ...]]:
    return [(name, one.mailbox) for one in wanted for name in sorted({*one.names})]


def _address_rows(wanted: Iterable[Owed]) -> list[tuple[Any, ...]]:
    return [
        (address, address.rpartition("@")[2], one.mailbox, int(address in one.sends))
        for one in wanted
        for address in sorted({*one.receives})
    ]


def _key_rows(wanted: Iterable[Owed]) -> list[tuple[Any, ...]]:
    return [(key.token_sha256, one.mailbox, key.expires_at) for one in wanted for key in one.app_keys]
