"""Make the engines hold the mailboxes of accounts. The database is the truth and is only read here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from vaguemestre.people.provisioning import queries
from vaguemestre.people.provisioning.ports import Connections, MailDirectory, MailHomes
from vaguemestre.people.provisioning.rules import difference

_HOMES_AT_ONCE = 50  # of one question to the engine, which answers once all are made


@dataclass(frozen=True)
class Report:
    """What `reconcile` found: mailboxes (re)written, mailboxes made unknown, mailboxes already right."""

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
    """Make the engines hold these accounts' mailboxes, and cut whoever may no longer be in.

    A password that opens nothing any more cuts every program of its mailbox: those with another come back.
    Safe to run twice. Raises EngineDown.
    """
    expected, shut = queries.expected_mailboxes_of(account_ids, now)
    to_cut = {*shut, *mail_directory.put([one for one in expected.values() if one])}
    mail_directory.drop([mailbox for mailbox, one in expected.items() if one is None])
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
    """Make the engines hold these accounts' mailboxes, then make the mailboxes. Safe to run twice.

    Raises EngineDown, EngineRefused.
    """
    provision_accounts(mail_directory, connections, account_ids, now=now)
    expected, _ = queries.expected_mailboxes_of(account_ids, now)
    for batch in batched(sorted(mailbox for mailbox, one in expected.items() if one), _HOMES_AT_ONCE):
        homes.make(batch)


def reconcile(mail_directory: MailDirectory, *, now: datetime, dry_run: bool = False) -> Report:
    """Compare everything expected with everything held and, unless `dry_run`, mend it. Raises EngineDown."""
    held = mail_directory.held()  # first: what a worker provisions meanwhile is put twice, never dropped
    expected = queries.expected_mailboxes(now)
    found = difference(expected, held)
    if not dry_run and not found.is_empty:
        mail_directory.put(found.put)
        mail_directory.drop(found.drop)
    return Report(tuple(one.mailbox for one in found.put), found.drop, len(expected) - len(found.put))
