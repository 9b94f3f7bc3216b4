"""Nouns of the home page."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class Tile:
    """One application of « Mes applications ». `key` names it among favourites; `logo` may be ""."""

    key: str
    address: str
    icon: str
    title: str
    purpose: str
    logo: str = ""
    is_favourite: bool = False


class Weight(StrEnum):
    """How much a message of the académie matters."""

    PLAIN = "plain"
    WARNING = "warning"


@dataclass(frozen=True)
class Announcement:
    """A message of the académie, shown on home pages from one day to another, both included."""

    title: str
    text: str
    weight: Weight
    starts_on: date
    ends_on: date
    announcement_id: int = 0


class Task(StrEnum):
    """What a person still has to do."""

    CHARTER = "charter"
    SECOND_FACTOR = "second-factor"
    RECOVERY_CONTACT = "recovery-contact"


@dataclass(frozen=True)
class Room:
    """How full a mailbox is, in octets and in whole per cents."""

    used: int
    limit: int

    @property
    def percent(self) -> int:
        return min(100, 100 * self.used // self.limit) if self.limit else 0

    @property
    def is_narrow(self) -> bool:
        """From 90 % on, the person is told what to do."""
        return self.percent >= 90
