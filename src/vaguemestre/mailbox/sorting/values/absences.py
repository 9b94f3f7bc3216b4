"""Absences, and the replies they send."""

from dataclasses import dataclass, field
from datetime import date, time
from enum import IntEnum, StrEnum


class Place(IntEnum):
    """Kind of absence of an account; one absence of each kind.

    FIRST and SECOND are prepared by the owner, WEEKLY covers days off, DESK is set by the help desk, LEFT
    answers for somebody who left. Tried in this order: two active absences send one reply.
    """

    FIRST = 1
    SECOND = 2
    WEEKLY = 3
    DESK = 4
    LEFT = 5


@dataclass(frozen=True, slots=True)
class Absence:
    """Absence notification and its period. Days and hours are those of Paris; both ends are included.

    Without an hour the absence covers its first and last day entirely. An empty text sends no reply to
    correspondents of that kind. `days`: minimum number of days between two replies to one person.

    `weekdays` (ISO, 1 = Monday; none = every day): replies only on those days. `is_rich`: the texts are HTML.
    `only_known`: outside the académie, reply only to contacts. `replacement_id`: the person whose details end
    the internal text. `only_to`: reply only to messages sent to an address of that domain.
    """

    is_on: bool
    starts_on: date
    ends_on: date
    internal_text: str
    external_text: str
    subject: str = ""
    days: int = 7
    starts_at: time | None = None
    ends_at: time | None = None
    place: Place = Place.FIRST
    weekdays: tuple[int, ...] = ()
    is_rich: bool = False
    only_known: bool = False
    replacement_id: int | None = None
    only_to: str = ""


class AbsencePhase(StrEnum):
    OFF = "off"
    OVER = "over"
    CURRENT = "current"
    COMING = "coming"
    RESTING = "resting"  # a weekly absence on a working day


@dataclass(frozen=True, slots=True)
class Replacement:
    """Person to write to during the absence; `detail`: function and school."""

    person_id: int
    name: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """Ready-made pair of texts, for colleagues and for other correspondents."""

    key: str
    name: str
    internal_text: str
    external_text: str


class Disclosure(StrEnum):
    """Kind of personal information found in an external text."""

    PHONE = "phone"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class ReplyPreview:
    """Absence reply as its recipient will read it."""

    sender: str
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
