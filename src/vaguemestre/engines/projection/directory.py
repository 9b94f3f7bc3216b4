"""What `provisioning.ports.MailDirectory` promises, in the SQL that SQLite and PostgreSQL share."""

import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from importlib import resources
from itertools import batched
from typing import Any, Protocol

from vaguemestre.engines.instance import OUTSIDE
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.provisioning.values import AppKey, Owed

_PASSWORD, _TOKEN = _KINDS = ("password", "token")
_AT_ONCE = 500  # names in one question
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

    def put(self, owed: Iterable[Owed]) -> Collection[str]:
        """Make these mailboxes so; those that a key, or everything, opens no more.

        Raises EngineRefused when a name or an address is another mailbox's.
        """
        wanted = tuple(owed)
        with self._work("put") as cursor:
            shut = self._shut_by(cursor, wanted)
            self._withdraw(cursor, shut, _KINDS)
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
        self._withdraw_again(shut, _KINDS)
        return shut

    def drop(self, mailboxes: Iterable[str]) -> None:
        """Forget these mailboxes, with their names, keys and tokens."""
        gone = tuple(mailboxes)
        with self._work("drop") as cursor:
            self._withdraw(cursor, gone, _KINDS)
            cursor.executemany(
                f"DELETE FROM mailbox WHERE mailbox = {self.mark}",  # noqa: S608
                [(one,) for one in gone],
            )
        self._withdraw_again(gone, _KINDS)

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
        """What Postfix's map of senders says of that mailbox: nothing when nothing may open it."""
        with self._work("senders") as cursor:
            cursor.execute(
                "SELECT address FROM address WHERE sends = 1 AND mailbox IN"  # noqa: S608
                f" (SELECT mailbox FROM mailbox WHERE mailbox = {self.mark} AND active = 1)",
                (mailbox,),
            )
            return frozenset(address for (address,) in cursor.fetchall())

    def addresses_of(self, mailbox: str) -> frozenset[str]:
        """Every address that mailbox receives at, whether anything opens it or not."""
        with self._work("addresses") as cursor:
            cursor.execute(f"SELECT address FROM address WHERE mailbox = {self.mark}", (mailbox,))  # noqa: S608
            return frozenset(address for (address,) in cursor.fetchall())

    def delivered(self, addresses: Collection[str]) -> frozenset[str]:
        """What Postfix's map of mailboxes says of those addresses."""
        wanted = tuple(addresses)
        if not wanted:
            return frozenset()
        with self._work("delivered") as cursor:
            marks = ", ".join([self.mark] * len(wanted))
            cursor.execute(f"SELECT address FROM address WHERE address IN ({marks})", wanted)  # noqa: S608
            return frozenset(address for (address,) in cursor.fetchall())

    def is_ours(self, domain: str) -> bool:
        """Whether one of our mailboxes receives at that domain."""
        with self._work("domain") as cursor:
            cursor.execute(
                f"SELECT 1 FROM address WHERE domain = {self.mark} AND mailbox <> {self.mark} LIMIT 1",  # noqa: S608
                (domain, OUTSIDE),
            )
            return bool(cursor.fetchall())

    def withdrawn_at(self, mailbox: str, *, by_token: bool) -> float:
        """When a token, or a password, that opened that mailbox was last withdrawn; 0 when none was."""
        with self._work("withdrawn") as cursor:
            cursor.execute(
                f"SELECT at FROM access_withdrawal WHERE mailbox = {self.mark} AND kind = {self.mark}",  # noqa: S608
                (mailbox, _TOKEN if by_token else _PASSWORD),
            )
            return next((float(at) for (at,) in cursor.fetchall()), 0.0)

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
        tokens = tuple(token_sha256s)
        shut: set[str] = set()
        with self._work("token") as cursor:
            for some in batched(tokens, _AT_ONCE, strict=False):
                where = f"WHERE token_sha256 IN ({self._marks(len(some))})"
                cursor.execute(f"SELECT DISTINCT mailbox FROM token {where}", some)  # noqa: S608
                shut.update(mailbox for (mailbox,) in cursor.fetchall())
                cursor.execute(f"DELETE FROM token {where}", some)  # noqa: S608
            self._withdraw(cursor, shut, (_TOKEN,))
        self._withdraw_again(shut, (_TOKEN,))

    def _shut_by(self, cursor: Cursor, wanted: tuple[Owed, ...]) -> set[str]:
        """The mailboxes that one key, or everything, will open no more."""
        shut: set[str] = set()
        for some in batched(wanted, _AT_ONCE, strict=False):
            names = tuple(one.mailbox for one in some)
            among = f"mailbox IN ({self._marks(len(names))})"
            cursor.execute(f"SELECT mailbox FROM mailbox WHERE active = 1 AND {among}", names)  # noqa: S608
            active = {mailbox for (mailbox,) in cursor.fetchall()}
            shut.update(one.mailbox for one in some if not one.active and one.mailbox in active)
            cursor.execute(f"SELECT mailbox, token_sha256, expires_at FROM app_key WHERE {among}", names)  # noqa: S608
            held = defaultdict(set)
            for mailbox, digest, expires_at in cursor.fetchall():
                held[mailbox].add(AppKey(digest, expires_at))
            shut.update(one.mailbox for one in some if held[one.mailbox] - {*one.app_keys})
        return shut

    def _withdraw(self, cursor: Cursor, mailboxes: Iterable[str], kinds: Iterable[str]) -> None:
        now = time.time()
        cursor.executemany(
            f"INSERT INTO access_withdrawal (mailbox, kind, at) VALUES ({self._marks(3)})"  # noqa: S608
            " ON CONFLICT (mailbox, kind) DO UPDATE SET at = excluded.at",
            [(mailbox, kind, now) for mailbox in sorted(mailboxes) for kind in kinds],
        )

    def _withdraw_again(self, mailboxes: Collection[str], kinds: Iterable[str]) -> None:
        """Once what was withdrawn opens nothing: whoever signed in meanwhile came before this."""
        if mailboxes:
            with self._work("withdraw") as cursor:
                self._withdraw(cursor, mailboxes, kinds)

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
