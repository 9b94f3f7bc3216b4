"""Accounts by what holds them: a mailbox (one SQL query, for each message sent) or a person."""

from collections.abc import Collection
from itertools import batched
from typing import NamedTuple

from vaguemestre.people.credentials.models import Account

_BATCH = 10_000


class MailboxHolder(NamedTuple):
    """An account; `is_open`: active, and its mailbox not held."""

    account_id: int
    is_open: bool


class PersonAccount(NamedTuple):
    """The account of a person. `state`: `Account.State`."""

    account_id: int
    username: str
    state: str


def holder_of_mailbox(mailbox: str) -> MailboxHolder | None:
    """The account whose mailbox that is, and whether the mailbox opens today."""
    row = Account.objects.filter(mailbox=mailbox).values_list("pk", "state", "mailbox_state").first()
    if row is None:
        return None
    account_id, state, mailbox_state = row
    return MailboxHolder(
        account_id, is_open=state == Account.State.ACTIVE and mailbox_state == Account.Mailbox.OPEN
    )


def people_of_accounts(account_ids: Collection[int]) -> list[int]:
    """The people of those accounts; technical accounts have none."""
    people: list[int] = []
    for batch in batched(account_ids, _BATCH):
        rows = Account.objects.filter(pk__in=batch, person__isnull=False)
        people += (person_id for person_id in rows.values_list("person_id", flat=True) if person_id)
    return people


def accounts_by_person(person_ids: Collection[int]) -> dict[int, PersonAccount]:
    """The accounts of these people, in any state, by person."""
    rows = Account.objects.filter(person_id__in=person_ids)
    columns = rows.values_list("person_id", "pk", "username", "state")
    return {
        person_id: PersonAccount(pk, username, state)
        for person_id, pk, username, state in columns
        if person_id
    }
