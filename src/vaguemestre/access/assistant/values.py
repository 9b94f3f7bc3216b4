"""Nouns of the identification assistant."""

from dataclasses import dataclass, field
from datetime import date

CHARTER = "2026-1"  # the version of the charter shown at `/charte`


@dataclass(frozen=True, slots=True)
class Found:
    """An account its owner may now activate."""

    account_id: int


@dataclass(frozen=True, slots=True)
class NotPossible:
    """Unknown, wrong, activated already, suspended or closed: one and the same answer."""

    reason: str = "assistant.not-possible"
    wait: int = 0  # seconds, when too many tries were made


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed, and where from."""

    numen: str
    born: date
    network: str


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code that was sent or handed over; `name` is a username, an own address or a NUMEN."""

    name: str
    born: date
    code: str = field(repr=False)
    network: str = ""


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code left for the contact of that account, or for nobody (0); `mark` is what is kept of it."""

    account_id: int
    mark: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A code of that account is in the hands of whoever typed it; it is used up by what it opens."""

    account_id: int
    mark: str = field(repr=False)
