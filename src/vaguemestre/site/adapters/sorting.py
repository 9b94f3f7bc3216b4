"""Contacts' addresses for filter conditions, and labels that filters put."""

from contextlib import suppress

from django.db import transaction

from vaguemestre.access.signin.ports import revocations
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.queries import contacts_of
from vaguemestre.mailbox.webmail.services.choices import create_missing_label
from vaguemestre.people.credentials.queries import presented


def known_addresses(account_id: int) -> tuple[str, ...]:
    return tuple(contact.address for contact in contacts_of(account_id))


def create_label(account_id: int, name: str) -> None:
    """As `sorting.ports.CreateLabel`."""
    account = presented(account_id)
    if account and create_missing_label(account_id, account.preferences, name):
        transaction.on_commit(revocations.get().refresh)  # every worker reloads the user


def create_label_if_possible(account_id: int, name: str) -> None:
    """Create the label unless it is refused: a transfer brings the filter all the same."""
    with suppress(Refusal):
        create_label(account_id, name)
