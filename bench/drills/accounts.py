"""What became of each numbered message. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What its sender was told."""

    TAKEN = "taken"  # « 250 »: from then on it is the installation's
    REFUSED = "refused"  # a number of 4xx or 5xx, or no connection: the sender keeps it
    UNANSWERED = "unanswered"  # the connection broke after the text: it may be there, once


class Sent(NamedTuple):
    """One message that somebody sent. `number` is in its subject, and in no other's.

    `address`: which of the addresses of the MX said the last word, from 0.
    """

    number: str
    recipients: tuple[str, ...]
    at: float
    outcome: Outcome
    way: str = "mx"
    address: int = 0


class Account(NamedTuple):
    """Numbers of what went wrong, each with the mailbox; and how many were counted.

    `again`: of those that were taken, how many at another address than the first.
    """

    taken: int
    expected: int  # copies of these
    found: int
    refused: int
    unanswered: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    elsewhere: tuple[str, ...]
    again: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.elsewhere)


def account(sent: Iterable[Sent], boxes: Mapping[str, Counter[str]]) -> Account:
    """Compare what was sent with what mailboxes hold: address → how often each number is there."""
    tries = list(sent)
    owed = {
        (address, one.number) for one in tries if one.outcome is Outcome.TAKEN for address in one.recipients
    }
    may_have = {(address, one.number) for one in tries for address in one.recipients}
    numbers = {one.number for one in tries}
    held = {
        (address, number): count
        for address, counts in boxes.items()
        for number, count in counts.items()
        if number in numbers
    }
    outcomes = Counter(one.outcome for one in tries)
    return Account(
        taken=outcomes[Outcome.TAKEN],
        expected=len(owed),
        found=sum(1 for pair in owed if pair in held),
        refused=outcomes[Outcome.REFUSED],
        unanswered=outcomes[Outcome.UNANSWERED],
        lost=_words(pair for pair in owed if pair not in held),
        doubled=_words(pair for pair, count in held.items() if count > 1),
        elsewhere=_words(pair for pair in held if pair not in may_have),
        again=sum(one.outcome is Outcome.TAKEN and one.address > 0 for one in tries),
    )


def _words(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(f"{number} {address}" for address, number in pairs))
