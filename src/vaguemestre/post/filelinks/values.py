"""Nouns of files left with us. All frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What the virus check said of a file."""

    UNCHECKED = "unchecked"  # no check is configured
    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


@dataclass(frozen=True)
class Room:
    """How much may be left: by file, by account (octets), and for how long (days)."""

    most: int
    most_in_all: int
    days: int
    most_days: int


@dataclass(frozen=True)
class Terms:
    """How a file is lent. `password` None: as it was; empty: none."""

    until: date
    password: str | None = None


@dataclass(frozen=True)
class Deposited:
    """A file left with us. `received` of `size` octets are there; `until` is its last day."""

    id: int
    token: str
    name: str
    kind: str
    size: int
    received: int
    until: date
    has_password: bool
    downloads: int
    verdict: Verdict
    created_at: datetime

    @property
    def is_whole(self) -> bool:
        return self.received == self.size

    @property
    def can_be_taken(self) -> bool:
        return self.is_whole and self.verdict in (Verdict.CLEAN, Verdict.UNCHECKED)
