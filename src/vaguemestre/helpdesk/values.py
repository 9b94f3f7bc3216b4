"""Nouns of the help desk."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What an operator may do to somebody's account."""

    LIFT = "lifted"
    SUSPEND = "suspended"
    RESUME = "resumed"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class Target:
    """An account as the desk's rules see it."""

    account_id: int
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of an account's story: what happened, in words, and who did it."""

    at: datetime
    words: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the desk may know of an account, and nothing that opens it or was written to it."""

    account_id: int
    username: str
    name: str
    address: str
    place: str
    role: str
    state: str
    failures: int
    waits_until: datetime | None
    story: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One account of a search."""

    account_id: int
    username: str
    name: str
    address: str
    place: str
    state: str
