"""Making the engines hold what accounts are owed. The database is the truth and is only read here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.people.provisioning import queries
from vaguemestre.people.provisioning.ports import Connections, MailDirectory
from vaguemestre.people.provisioning.rules import difference


@dataclass(frozen=True)
class Report:
    """What `reconcile` found: mailboxes (re)written, mailboxes made unknown, mailboxes already right."""

    put: tuple[str, ...]
    dropped: tuple[str, ...]
    right: int


def match(
    mail_directory: MailDirectory,
    connections: Connections,
    account_ids: Collection[int],
    *,
    now: datetime,
) -> None:
    """Make these accounts' mailboxes as they are owed, and cut whoever may no longer be in.

    A password that opens nothing any more cuts every program of its mailbox: those with another come back.
    Safe to run twice. Raises EngineDown.
    """
    owed, shut = queries.owed_by(account_ids, now)
    to_cut = {*shut, *mail_directory.put([one for one in owed.values() if one])}
    mail_directory.drop([mailbox for mailbox, one in owed.items() if one is None])
    for mailbox in sorted(to_cut):
        connections.cut(mailbox)


def reconcile(mail_directory: MailDirectory, *, now: datetime, dry_run: bool = False) -> Report:
    """Compare everything owed with everything held and, unless `dry_run`, put it right. Raises EngineDown."""
    owed = queries.all_owed(now)
    found = difference(owed, mail_directory.held())
    if not dry_run and not found.is_empty:
        mail_directory.put(found.put)
        mail_directory.drop(found.drop)
    return Report(tuple(one.mailbox for one in found.put), found.drop, len(owed) - len(found.put))
