"""Values of the calendar. Frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Answer(StrEnum):
    """PARTSTAT of an attendee (RFC 5545 §3.2.12)."""

    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


@dataclass(frozen=True)
class GivenAnswer:
    """What somebody last said of an event; `answer`: None once its organiser cancelled it.

    It holds for these times, which are aware, and this revision (SEQUENCE, RFC 5545 §3.8.7.4).
    """

    answer: Answer | None
    starts: datetime
    ends: datetime
    sequence: int


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
