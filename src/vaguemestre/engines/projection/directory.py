"""`provisioning.ports.MailDirectory` in the SQL that SQLite and PostgreSQL share."""

import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from importlib import resources
from itertools import batched
from typing import Any

from vaguemestre.engines.instance import OUTSIDE
from vaguemestre.engines.projection.withdrawals import (
    Cursor,
    keys_by_mailbox,
    limit_rows,
    limits_by_mailbox,
    resized_by,
    shut_by,
)
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.provisioning.values import ExpectedMailbox, MailboxLimits

_PASSWORD, _TOKEN = _KINDS = ("password", "token")
_BATCH = 500  # names in one query
SCHEMA = resources.files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")


class SqlMailDirectory(ABC):
    """Implements `provisioning.ports.MailDirectory`; one connection, shared by the threads of a process.

    Every method may raise EngineDown. A connection of its own, outside any transaction of the caller's: the
    engines see a change when the call returns.
    """

    placeholder: str  # of a parameter, as the driver writes it

    @abstractmethod
    def work(self, what: str, *, writes: bool = False) -> AbstractContextManager[Cursor]:
        """A cursor in a transaction of its own; one that only reads waits for nobody.

        Translates the driver's errors.
        """

    @abstractmethod
    def _take_turn(self, cursor: Cursor) -> None:
        """Wait until nobody else writes mailboxes, and let nobody until the transaction ends."""

    @abstractmethod
    def close(self) -> None: ...

    def put(self, expected: Iterable[ExpectedMailbox]) -> Collection[str]:
        """Write these mailboxes; returns those that one key, or any, no longer opens, or whose size changes.

        Raises EngineRefused when a name or an address is another mailbox's.
        """
        mailboxes = tuple(expected)
        with self.work("put", writes=True) as cursor:
            self._take_turn(cursor)
            shut = shut_by(cursor, mailboxes, self._placeholders)
            resized = resized_by(cursor, mailboxes, self._placeholders)
            self._withdraw(cursor, shut, _KINDS)
            # a name may pass from one of these mailboxes to another: delete all before inserting any
            for table in ("name", "address", "app_key", "service_limit"):
                cursor.executemany(
                    f"DELETE FROM {table} WHERE mailbox = {self.placeholder}",  # noqa: S608 (our own names)
                    [(mailbox.mailbox,) for mailbox in mailboxes],
                )
            cursor.executemany(
                f"INSERT INTO mailbox (mailbox, active, quota_mb) VALUES ({self._placeholders(3)})"  # noqa: S608
                " ON CONFLICT (mailbox) DO UPDATE SET active = excluded.active, quota_mb = excluded.quota_mb",
                [(mailbox.mailbox, int(mailbox.active), mailbox.quota_mb) for mailbox in mailboxes],
            )
            self._insert(cursor, "name", _name_rows(mailboxes))
            self._insert(cursor, "address", _address_rows(mailboxes))
            self._insert(cursor, "app_key", _key_rows(mailboxes))
            self._insert(cursor, "service_limit", limit_rows(mailboxes))
            _insert_places(cursor, mailboxes, self.placeholder)
        self._withdraw_again(shut, _KINDS)
        return shut | resized

    def drop(self, mailboxes: Iterable[str]) -> None:
        """Delete these mailboxes, with their names, keys and tokens."""
        names = tuple(mailboxes)
        with self.work("drop", writes=True) as cursor:
            self._take_turn(cursor)
            self._withdraw(cursor, names, _KINDS)
            delete = f"DELETE FROM mailbox WHERE mailbox = {self.placeholder}"  # noqa: S608
            cursor.executemany(delete, [(name,) for name in names])
        self._withdraw_again(names, _KINDS)

    def held(self) -> Mapping[str, ExpectedMailbox]:
        """The whole projection by mailbox; names, addresses and keys sorted."""
        with self.work("held") as cursor:
            rows = _all(cursor, "SELECT mailbox, active, quota_mb FROM mailbox")
            names = _grouped(_all(cursor, "SELECT mailbox, name FROM name"))
            addresses = _all(cursor, "SELECT mailbox, address, sends FROM address")
            keys = keys_by_mailbox(
                _all(cursor, "SELECT mailbox, token_sha256, expires_at FROM app_key ORDER BY token_sha256")
            )
            limits = limits_by_mailbox(cursor)
        receives = _grouped((mailbox, address) for mailbox, address, _ in addresses)
        sends = _grouped((mailbox, address) for mailbox, address, may_send in addresses if may_send)
        return {
            mailbox: ExpectedMailbox(
                mailbox=mailbox,
                active=bool(active),
                quota_mb=quota_mb,
                names=tuple(sorted(names[mailbox])),
                receives=tuple(sorted(receives[mailbox])),
                sends=tuple(sorted(sends[mailbox])),
                app_keys=tuple(keys[mailbox]),
                limits=limits.get(mailbox, MailboxLimits()),
            )
            for mailbox, active, quota_mb in rows
        }

    def held_names(self) -> frozenset[str]:
        """The names of mailboxes: cheap enough for a health check."""
        with self.work("held") as cursor:
            return frozenset(mailbox for (mailbox,) in _all(cursor, "SELECT mailbox FROM mailbox"))

    def sending_addresses(self, mailbox: str) -> frozenset[str]:
        """The addresses Postfix's map of senders gives that mailbox: none when nothing opens it."""
        with self.work("senders") as cursor:
            cursor.execute(
                "SELECT address FROM address WHERE sends = 1 AND mailbox IN"  # noqa: S608
                f" (SELECT mailbox FROM mailbox WHERE mailbox = {self.placeholder} AND active = 1)",
                (mailbox,),
            )
            return frozenset(address for (address,) in cursor.fetchall())

    def addresses_of(self, mailbox: str) -> frozenset[str]:
        """Every address the mailbox receives at, whether anything opens it or not."""
        with self.work("addresses") as cursor:
            cursor.execute(f"SELECT address FROM address WHERE mailbox = {self.placeholder}", (mailbox,))  # noqa: S608
            return frozenset(address for (address,) in cursor.fetchall())

    def delivered(self, addresses: Collection[str]) -> frozenset[str]:
        """The addresses, among these, that Postfix's map of mailboxes delivers to."""
        return frozenset(self.mailboxes_of(addresses))

    def mailboxes_of(self, addresses: Collection[str]) -> dict[str, str]:
        """Address → mailbox, by Postfix's map of mailboxes."""
        if not addresses:
            return {}
        with self.work("delivered") as cursor:
            return dict(_owners(cursor, addresses, self._placeholders))

    def is_ours(self, domain: str) -> bool:
        """Whether one of our mailboxes receives at that domain."""
        with self.work("domain") as cursor:
            cursor.execute(
                f"SELECT 1 FROM address WHERE domain = {self.placeholder} "  # noqa: S608
                f"AND mailbox <> {self.placeholder} LIMIT 1",
                (domain, OUTSIDE),
            )
            return bool(cursor.fetchall())

    def withdrawn_at(self, mailbox: str, *, by_token: bool) -> float:
        """When a token, or a password, that opened that mailbox was last withdrawn; 0 when none was."""
        with self.work("withdrawn") as cursor:
            cursor.execute(
                f"SELECT at FROM access_withdrawal WHERE mailbox = {self.placeholder} "  # noqa: S608
                f"AND kind = {self.placeholder}",
                (mailbox, _TOKEN if by_token else _PASSWORD),
            )
            return next((float(at) for (at,) in cursor.fetchall()), 0.0)

    def allow_token(
        self, mailbox: str, token_sha256: str, expires_at: int, *, is_program: bool = False
    ) -> None:
        """Raises EngineDown while the mailbox is not there yet: the projection follows the database."""
        with self.work("token", writes=True) as cursor:
            cursor.execute(f"SELECT 1 FROM mailbox WHERE mailbox = {self.placeholder}", (mailbox,))  # noqa: S608
            if not cursor.fetchall():
                raise EngineDown(
                    f"la boîte {mailbox} n’est pas encore préparée : recommencez dans un instant"
                )
            cursor.execute(
                f"DELETE FROM token WHERE expires_at < {self.placeholder}",  # noqa: S608
                (int(time.time()),),
            )
            cursor.execute(
                f"INSERT INTO token (token_sha256, mailbox, expires_at) VALUES ({self._placeholders(3)})"  # noqa: S608
                " ON CONFLICT (token_sha256) DO UPDATE SET expires_at = excluded.expires_at",
                (token_sha256, mailbox, expires_at),
            )
            if is_program:
                self._insert(cursor, "program_token", [(token_sha256,)])

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None:
        tokens = tuple(token_sha256s)
        shut: set[str] = set()
        with self.work("token", writes=True) as cursor:
            for batch in batched(tokens, _BATCH, strict=False):
                where = f"WHERE token_sha256 IN ({self._placeholders(len(batch))})"
                cursor.execute(f"SELECT DISTINCT mailbox FROM token {where}", batch)  # noqa: S608
                shut.update(mailbox for (mailbox,) in cursor.fetchall())
                cursor.execute(f"DELETE FROM token {where}", batch)  # noqa: S608
            self._withdraw(cursor, shut, (_TOKEN,))
        self._withdraw_again(shut, (_TOKEN,))

    def _withdraw(self, cursor: Cursor, mailboxes: Iterable[str], kinds: Iterable[str]) -> None:
        now = time.time()
        cursor.executemany(
            f"INSERT INTO access_withdrawal (mailbox, kind, at) VALUES ({self._placeholders(3)})"  # noqa: S608
            " ON CONFLICT (mailbox, kind) DO UPDATE SET at = excluded.at",
            [(mailbox, kind, now) for mailbox in sorted(mailboxes) for kind in kinds],
        )

    def _withdraw_again(self, mailboxes: Collection[str], kinds: Iterable[str]) -> None:
        """Write the moment again after the commit: a sign-in between the two is then older than it."""
        if mailboxes:
            with self.work("withdraw", writes=True) as cursor:
                self._withdraw(cursor, mailboxes, kinds)

    def _insert(self, cursor: Cursor, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            cursor.executemany(f"INSERT INTO {table} VALUES ({self._placeholders(len(rows[0]))})", rows)  # noqa: S608

    def _placeholders(self, count: int) -> str:
        return ", ".join([self.placeholder] * count)


def _insert_places(cursor: Cursor, mailboxes: Iterable[ExpectedMailbox], placeholder: str) -> None:
    """Insert the places of mailboxes without one; only a move changes a place (see `places`)."""
    cursor.executemany(
        f"INSERT INTO place (mailbox, pod) VALUES ({placeholder}, {placeholder})"  # noqa: S608
        " ON CONFLICT (mailbox) DO NOTHING",
        [(expected.mailbox, expected.pod) for expected in mailboxes if expected.pod],
    )


def _all(cursor: Cursor, query: str) -> list[Any]:
    cursor.execute(query)
    return cursor.fetchall()


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for mailbox, text in rows:
        grouped[mailbox].append(text)
    return grouped


def _name_rows(mailboxes: Iterable[ExpectedMailbox]) -> list[tuple[Any, ...]]:
    return [(name, expected.mailbox) for expected in mailboxes for name in sorted({*expected.names})]


def _owners(
    cursor: Cursor, addresses: Collection[str], placeholders: Callable[[int], str]
) -> Iterator[tuple[str, str]]:
    """Address and mailbox."""
    for batch in batched(addresses, _BATCH, strict=False):
        among = f"address IN ({placeholders(len(batch))})"
        cursor.execute(f"SELECT address, mailbox FROM address WHERE {among}", batch)  # noqa: S608
        yield from cursor.fetchall()


def _address_rows(mailboxes: Iterable[ExpectedMailbox]) -> list[tuple[Any, ...]]:
    return [
        (address, address.rpartition("@")[2], expected.mailbox, int(address in expected.sends))
        for expected in mailboxes
        for address in sorted({*expected.receives})
    ]


def _key_rows(mailboxes: Iterable[ExpectedMailbox]) -> list[tuple[Any, ...]]:
    return [
        (key.token_sha256, expected.mailbox, key.expires_at)
        for expected in mailboxes
        for key in expected.app_keys
    ]
