"""Update the engines' mailboxes from the accounts. The database is the truth, and only read here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from vaguemestre.people.provisioning import queries
from vaguemestre.people.provisioning.ports import Connections, MailDirectory, MailHomes
from vaguemestre.people.provisioning.rules import difference

_HOMES_PER_CALL = 50  # the engine answers once all of them are made


@dataclass(frozen=True)
class Report:
    """Result of `reconcile`: mailboxes to write (again), mailboxes to remove, count of the right ones."""

    put: tuple[str, ...]
    dropped: tuple[str, ...]
    right: int


def provision_accounts(
    mail_directory: MailDirectory,
    connections: Connections,
    account_ids: Collection[int],
    *,
    now: datetime,
) -> None:
    """Update the engines' mailboxes of these accounts, and cut connections that are no longer allowed.

    When an app password is revoked, every mail program of the mailbox is cut; those with another one
    reconnect. Safe to run twice. Raises EngineDown.
    """
    expected, shut = queries.expected_mailboxes_of(account_ids, now)
    to_cut = {*shut, *mail_directory.put([target for target in expected.values() if target])}
    mail_directory.drop([mailbox for mailbox, target in expected.items() if target is None])
    for mailbox in sorted(to_cut):
        connections.cut(mailbox)


def make_mailboxes(
    mail_directory: MailDirectory,
    connections: Connections,
    homes: MailHomes,
    account_ids: Collection[int],
    *,
    now: datetime,
) -> None:
    """Update the engines' mailboxes of these accounts, then create them on disk. Safe to run twice.

    Raises EngineDown, EngineRefused.
    """
    provision_accounts(mail_directory, connections, account_ids, now=now)
    expected, _ = queries.expected_mailboxes_of(account_ids, now)
    for batch in batched(sorted(mailbox for mailbox, target in expected.items() if target), _HOMES_PER_CALL):
        homes.make(batch)


def reconcile(mail_directory: MailDirectory, *, now: datetime, dry_run: bool = False) -> Report:
    """Compare all expected mailboxes with the engines' and, unless `dry_run`, repair. Raises EngineDown."""
    held = mail_directory.held()  # first: what a worker provisions meanwhile is put twice, never dropped
    expected = queries.expected_mailboxes(now)
    changes = difference(expected, held)
    if not dry_run and not changes.is_empty:
        mail_directory.put(changes.put)
        mail_directory.drop(changes.drop)
    written = tuple(target.mailbox for target in changes.put)
    return Report(written, changes.drop, len(expected) - len(changes.put))
