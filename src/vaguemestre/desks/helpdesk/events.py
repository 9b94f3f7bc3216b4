"""Facts of the help desk, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountSheltered:
    """Nothing opens that account any more: whoever is still connected to its mailbox must be cut off."""

    account_id: int
