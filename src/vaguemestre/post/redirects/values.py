"""Nouns of redirects."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckedLink:
    """A link of a message, for the account whom its text was shown to.

    `message_id`: header Message-ID, with its brackets; empty if it has none.
    """

    address: str
    account_id: int
    message_id: str
