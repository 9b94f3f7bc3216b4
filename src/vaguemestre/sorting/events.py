"""Facts about sorting, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SortingChanged:
    """What somebody wants of their arriving mail is no longer what Dovecot does."""

    account_id: int
