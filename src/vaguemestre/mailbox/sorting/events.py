"""Facts about sorting, past tense."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class SortingChanged:
    """What somebody wants of their arriving mail is no longer what Dovecot does."""

    account_id: int


@dataclass(frozen=True)
class PassAsked:
    """Somebody wants a filter carried to the messages that are already there. `number`: which asking."""

    account_id: int
    number: int
    long_work: ClassVar[bool] = True
