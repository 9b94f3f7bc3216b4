"""Events of the help desk."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountSheltered:
    """An account was secured after a compromise. Open connections to its mailbox must be cut."""

    account_id: int


@dataclass(frozen=True)
class DeletedMessagesWanted:
    """The desk gives the owner of an account their deleted messages back."""

    account_id: int
