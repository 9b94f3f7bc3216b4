"""Events of the help desk."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountSheltered:
    """An account was secured after a compromise. Open connections to its mailbox must be cut."""

    account_id: int
