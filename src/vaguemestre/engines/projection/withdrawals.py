"""What a mailbox is about to lose: its state, a key, a protocol of its mail programs."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import astuple
from itertools import batched
from typing import Any, Protocol

from vaguemestre.people.provisioning.values import AppKey, ExpectedMailbox, MailboxLimits

_BATCH = 500  # names in one query
_COLUMNS = "mailbox, imap, submission, sieve, trash_days, junk_days"


class Cursor(Protocol):
    """What the cursors of both drivers share."""

    def execute(self, query: Any, parameters: Any = ..., /) -> Any: ...
    def executemany(self, query: Any, parameters: Any, /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


def shut_by(
    cursor: Cursor, mailboxes: Collection[ExpectedMailbox], placeholders: Callable[[int], str]
) -> set[str]:
    """The mailboxes that one key, or any, will no longer open, or not for every protocol any more."""
    shut: set[str] = set()
    for batch in batched(mailboxes, _BATCH, strict=False):
        names = tuple(expected.mailbox for expected in batch)
        among = f"mailbox IN ({placeholders(len(names))})"
        cursor.execute(f"SELECT mailbox FROM mailbox WHERE active = 1 AND {among}", names)  # noqa: S608
        active = {mailbox for (mailbox,) in cursor.fetchall()}
        cursor.execute(f"SELECT mailbox, token_sha256, expires_at FROM app_key WHERE {among}", names)  # noqa: S608
        present = keys_by_mailbox(cursor.fetchall())
        cursor.execute(f"SELECT {_COLUMNS} FROM service_limit WHERE {among}", names)  # noqa: S608
        limits = dict(_limits(cursor.fetchall()))
        shut.update(
            expected.mailbox
            for expected in batch
            if (not expected.active and expected.mailbox in active)
            or {*present[expected.mailbox]} - {*expected.app_keys}
            or _is_barred_more(limits.get(expected.mailbox, MailboxLimits()), expected.limits)
        )
    return shut


def resized_by(
    cursor: Cursor, mailboxes: Collection[ExpectedMailbox], placeholders: Callable[[int], str]
) -> set[str]:
    """The open mailboxes whose size changes: their connections keep the limit they had when they opened."""
    resized: set[str] = set()
    for batch in batched(mailboxes, _BATCH, strict=False):
        names = tuple(expected.mailbox for expected in batch)
        among = f"mailbox IN ({placeholders(len(names))})"
        cursor.execute(f"SELECT mailbox, quota_mb FROM mailbox WHERE active = 1 AND {among}", names)  # noqa: S608
        sizes = dict(cursor.fetchall())
        resized.update(one.mailbox for one in batch if sizes.get(one.mailbox, one.quota_mb) != one.quota_mb)
    return resized


def keys_by_mailbox(rows: Iterable[tuple[str, str, Any]]) -> Mapping[str, list[AppKey]]:
    """Mailbox → its keys, of rows of `app_key`; none for a mailbox without a row."""
    keys: dict[str, list[AppKey]] = defaultdict(list)
    for mailbox, digest, expires_at in rows:
        keys[mailbox].append(AppKey(digest, expires_at))
    return keys


def limits_by_mailbox(cursor: Cursor) -> Mapping[str, MailboxLimits]:
    """Mailbox → limits of its class; those without any are left out."""
    cursor.execute(f"SELECT {_COLUMNS} FROM service_limit")  # noqa: S608
    return dict(_limits(cursor.fetchall()))


def limit_rows(mailboxes: Iterable[ExpectedMailbox]) -> list[tuple[Any, ...]]:
    """Rows of `service_limit`, for the mailboxes whose class limits something."""
    return [
        (expected.mailbox, *map(int, astuple(expected.limits)))
        for expected in mailboxes
        if expected.limits != MailboxLimits()
    ]


def _limits(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, MailboxLimits]]:
    for mailbox, imap, submission, sieve, trash_days, junk_days in rows:
        yield mailbox, MailboxLimits(bool(imap), bool(submission), bool(sieve), trash_days, junk_days)


def _is_barred_more(before: MailboxLimits, after: MailboxLimits) -> bool:
    return any(
        getattr(before, protocol) and not getattr(after, protocol)
        for protocol in ("imap", "submission", "sieve")
    )
