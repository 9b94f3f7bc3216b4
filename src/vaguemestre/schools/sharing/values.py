"""Nouns of shared mailboxes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from vaguemestre.foundation.kernel.times import paris_day


class Right(StrEnum):
    """What a member may do, each with what comes before it."""

    READ = "read"
    SORT = "sort"
    SEND = "send"
    MANAGE = "manage"

    @property
    def covers(self) -> frozenset["Right"]:
        """Itself and the lesser ones."""
        ranked = list(Right)
        return frozenset(ranked[: ranked.index(self) + 1])


class Kind(StrEnum):
    """What a mailbox is for."""

    SCHOOL = "school"  # ce.<UAI>, one for each establishment
    STEWARDSHIP = "stewardship"  # intendance
    DISTRICT = "district"  # circonscription
    SERVICE = "service"
    PROJECT = "project"
    PERSON = "person"  # somebody's own, lent while they are away


class Source(StrEnum):
    """Where a membership comes from."""

    POST = "post"  # the feed: whoever holds the post
    HAND = "hand"  # an owner, or an administrator


@dataclass(frozen=True, slots=True)
class Served:
    """A post that may make somebody the owner. `leads`: as head, otherwise as deputy."""

    person_id: int
    leads: bool
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Access:
    """A mailbox as somebody who may open it needs it. `account_id` and `mailbox` are the box's own."""

    box_id: int
    account_id: int
    mailbox: str
    address: str  # as it is shown
    title: str
    kind: Kind
    right: Right
    is_owner: bool
    ends_at: datetime | None

    @property
    def last_day(self) -> date | None:
        """Until when, as people say it."""
        return paris_day(self.ends_at - timedelta(seconds=1)) if self.ends_at else None

    def may(self, right: Right) -> bool:
        return right in self.right.covers


@dataclass(frozen=True, slots=True)
class Overlap:
    """Days, each a setting: before their post a head has the mailbox; after theirs people read on."""

    before: int = 15
    after: int = 0


USUAL = Overlap()


@dataclass(frozen=True, slots=True)
class MemberShown:
    member_id: int
    account_id: int
    name: str
    address: str
    detail: str
    right: Right
    is_owner: bool
    source: Source
    starts_at: datetime
    ends_at: datetime | None
    is_to_come: bool
    only_reception: bool = False
    is_away: bool = False  # opens nothing for the time being; why is nobody's business

    @property
    def last_day(self) -> date | None:
        """Until when, as people say it."""
        return paris_day(self.ends_at - timedelta(seconds=1)) if self.ends_at else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A membership as an owner gives it; days are inclusive, None without end."""

    right: Right
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A mailbox asked for. `local`: what stands before the @."""

    kind: Kind
    local: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class RequestShown:
    request_id: int
    kind: Kind
    address: str
    title: str
    reason: str
    asker: str
    asked_at: datetime
    state: str
    answer: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody works: a message of a mailbox and the conversation it is of, by their Message-ID."""

    box_id: int
    message_id: str
    root: str


@dataclass(frozen=True, slots=True)
class Present:
    name: str
    answers: bool


@dataclass(frozen=True, slots=True)
class NoteShown:
    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that left, or is about to, and who sent it."""

    name: str
    account_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Care:
    """What members know of each other's work on a message."""

    present: tuple[Present, ...]
    taken_by: str
    taken_by_id: int
    taken_at: datetime | None
    given_by: str
    is_closed: bool
    answers: tuple[Answered, ...]
    sent_by: str
    notes: tuple[NoteShown, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the inbox, as the mail store tells it. `where`: folder, UIDVALIDITY, UID."""

    message_id: str
    sender: str
    subject: str
    at: datetime
    is_answered: bool
    is_automatic: bool
    where: tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Followed:
    """A message of the inbox, and who looks after it."""

    letter: Letter
    taken_by: str
    answered_by: str
    answered_at: datetime | None
    is_closed: bool

    @property
    def waits(self) -> bool:
        return not (self.answered_by or self.letter.is_answered or self.is_closed)


@dataclass(frozen=True, slots=True)
class DeedShown:
    name: str
    what: str
    place: str
    number: int
    at: datetime
    where: tuple[str, int, int] | None = None  # the message, where it was
