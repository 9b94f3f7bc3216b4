"""Values of the calendar. Frozen."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

_KEY = "sha256:"


class Answer(StrEnum):
    """PARTSTAT of an attendee (RFC 5545 §3.2.12)."""

    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


@dataclass(frozen=True)
class Event:
    """An event of an organiser (address, lower case).

    Every guest knows its UID and may write with it: the same UID of another organiser is another event.
    """

    uid: str
    organiser: str

    @property
    def key(self) -> str:
        return _KEY + hashlib.sha256(f"{self.organiser}\n{self.uid}".encode()).hexdigest()

    @property
    def keys(self) -> tuple[str, ...]:
        """`key`, and the UID alone unless it imitates a key."""
        return (self.key,) if self.uid.startswith(_KEY) else (self.key, self.uid[:255])


@dataclass(frozen=True)
class Revision:
    """Aware times of an event at that SEQUENCE (RFC 5545 §3.8.7.4).

    `is_proved`: its letter is authenticated as the organiser's, not only of their name.
    """

    sequence: int
    starts: datetime
    ends: datetime
    is_proved: bool = False


@dataclass(frozen=True)
class GivenAnswer:
    """What somebody last said of an event; `answer`: None once cancelled, or if nothing was answered yet.

    It holds for these times, which are aware, and this revision; `moved`: a later one that was seen;
    `is_proved`: a letter of the organiser was proved to be theirs, so that the next ones have to be.
    """

    answer: Answer | None
    starts: datetime
    ends: datetime
    sequence: int
    is_cancelled: bool = False
    moved: Revision | None = None
    is_proved: bool = False


@dataclass(frozen=True)
class Clash:
    """An overlapping event. Aware datetimes."""

    title: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Holiday:
    """School holidays, both days included."""

    name: str
    starts_on: date
    ends_on: date
