"""The mailbox that `vaguemestre restore --account` restores, and its line in the journal."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.desks.removals.queries import removed_guids
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.queries import account_facts, find_account
from vaguemestre.processes.backup.mailbox_restoration import Selection


class Owner(NamedTuple):
    """An account and its mailbox, whose domain is that of the person's académie.

    `removed`: GUIDs of the messages that an administrator removed from it.
    """

    account_id: int
    mailbox: str
    removed: frozenset[str]


def find_owner(account: str) -> Owner:
    """The account of a username or an address, in whichever académie. Raises Failed."""
    identified = find_account(account)
    if identified is None:
        raise Failed(f"aucun compte n’a l’identifiant ou l’adresse « {account} ».", 1)
    [facts] = account_facts([identified.account_id], timezone.now())
    return Owner(identified.account_id, facts.mailbox, removed_guids(facts.mailbox))


@transaction.atomic(durable=True)
def record_restored(owner: Owner, selection: Selection, count: int, made_at: datetime) -> None:
    """Record what was restored, from a generation made at that moment: its extent, no name of a folder."""
    extent = "message" if selection.message_id else "folder" if selection.folder else "mailbox"
    record(
        "backup.messages-restored",
        to=account_subject(owner.account_id),
        by="cli",
        at=timezone.now(),
        extent=extent,
        count=count,
        generation=made_at.isoformat(),
    )
