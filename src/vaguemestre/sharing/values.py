"""Nouns of shared mailboxes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from vaguemestre.kernel.times import paris_day


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
