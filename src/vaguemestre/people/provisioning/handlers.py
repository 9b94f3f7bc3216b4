"""Handlers that update the engines when accounts and people change."""

from django.utils import timezone

from vaguemestre.people.credentials.events import (
    AccountActivated,
    AccountChanged,
    AccountsChanged,
    AccountsOpened,
    PersonErased,
    TokensWithdrawn,
)
from vaguemestre.people.credentials.queries import accounts_of, is_closed
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.provisioning import services
from vaguemestre.people.provisioning.ports import connections, mail_directory, mail_homes


def provision_mailbox(event: AccountChanged | AccountActivated) -> None:
    """Update the engines' mailbox of one account."""
    services.provision_accounts(
        mail_directory.get(), connections.get(), [event.account_id], now=timezone.now()
    )


def provision_mailboxes(event: AccountsChanged) -> None:
    """Update the engines' mailboxes of many accounts."""
    services.provision_accounts(
        mail_directory.get(), connections.get(), event.account_ids, now=timezone.now()
    )


def make_mailboxes(event: AccountsOpened) -> None:
    """Create the mailboxes of new accounts, before a first message and a first mail program do it at once."""
    services.make_mailboxes(
        mail_directory.get(), connections.get(), mail_homes.get(), event.account_ids, now=timezone.now()
    )


def provision_people(event: PeopleChanged) -> None:
    """Update the engines' mailboxes of people whose names or addresses may have changed."""
    account_ids = accounts_of(event.person_ids)
    services.provision_accounts(mail_directory.get(), connections.get(), account_ids, now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Forget where the mailbox of an erased person lived."""
    if is_closed(event.account_id):
        services.forget_place(event.account_id)


def withdraw_tokens(event: TokensWithdrawn) -> None:
    """Have the engines refuse the tokens of a program, and close its connections."""
    mail_directory.get().refuse_tokens(event.token_sha256s)
    connections.get().cut(event.mailbox)
