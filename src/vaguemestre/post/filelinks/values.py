"""Values of shared files. Frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Verdict(StrEnum):
    """Verdict of the virus scanner on a file."""

    UNCHECKED = "unchecked"  # no scanner is configured
    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


@dataclass(frozen=True)
class FileLimits:
    """Limits of shared files: octets per file and per account, default and longest lifetime in days."""

    most: int
    most_in_all: int
    days: int
    most_days: int


@dataclass(frozen=True)
class Terms:
    """Last day and password of a shared file. `password` None: unchanged; empty: none."""

    until: date
    password: str | None = None


@dataclass(frozen=True)
class Filelink:
    """A shared file and the token of its link. `received`: octets uploaded so far; `until`: its last day."""

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
    def is_available(self) -> bool:
        return self.is_whole and self.verdict in (Verdict.CLEAN, Verdict.UNCHECKED)
