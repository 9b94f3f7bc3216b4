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
