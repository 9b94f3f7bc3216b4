"""Accounts by what holds them: a mailbox (one SQL query, for each message sent) or a person."""

from collections.abc import Collection
from typing import NamedTuple

from vaguemestre.people.credentials.models import Account


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


def accounts_by_person(person_ids: Collection[int]) -> dict[int, PersonAccount]:
    """The accounts of these people, in any state, by person."""
    rows = Account.objects.filter(person_id__in=person_ids)
    columns = rows.values_list("person_id", "pk", "username", "state")
    return {
        person_id: PersonAccount(pk, username, state)
        for person_id, pk, username, state in columns
        if person_id
    }
