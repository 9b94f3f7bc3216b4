"""Nouns of a life in the académie (docs/domain.md §3.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Event(StrEnum):
    """What happens to somebody."""

    ARRIVAL = "arrival"
    MOVE_WITHIN = "move-within"
    LEAVE = "leave"
    LONG_LEAVE = "long-leave"
    TRANSFER = "transfer"
    ACADEMY_MOVE = "academy-move"  # to another académie of this installation: everything follows
    RETIREMENT = "retirement"
    CONTRACT_END = "contract-end"
    DEATH = "death"
    SUSPENSION = "suspension"
    COMPROMISE = "compromise"


class Step(StrEnum):
    """What follows, in the order in which steps of one day are done."""

    HIDE = "hide"  # nobody finds the person in the directory
    ANSWER = "answer"  # a neutral reply to whoever writes
    WITHDRAW = "withdraw"  # boxes of several people, lists and delegations are not theirs meanwhile
    SUSPEND = "suspend"  # nothing opens the account; mail still arrives
    FORGET = "forget"  # former addresses receive nothing any more
    CLOSE = "close"  # account and mailbox
    FREEZE = "freeze"  # the same, and the mailbox is kept as it is
    PURGE = "purge"  # nothing is left of the mailbox


@dataclass(frozen=True, slots=True)
class Consequence:
    """Days from an event to each of its steps; a step that is not named does not follow.

    `posts_kept`: days during which what came with a former post is kept beside the new one.
    """

    steps: Mapping[Step, int]
    posts_kept: int = 0


type Table = Mapping[Event, Consequence]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of the table: days, each a setting."""

    overlap: int = 15
    long_leave_withdrawn: int = 0
    departure_withdrawn: int = 0
    long_leave_suspended: int = 60
    transfer_closed: int = 60
    retirement_closed: int = 60
    contract_closed: int = 60
    purged: int = 180  # from the event, where a mailbox is closed
    death_frozen: int = 365
    notices: tuple[int, ...] = (60, 30, 10, 1)
    civil_status_months: int = 12  # from the closing of the account
    fed_days: int = 60  # since a feed spoke of somebody, human resources still give their civil status


@dataclass(frozen=True, slots=True)
class Due:
    """A step and its day."""

    step: Step
    on: date


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What declaring an event would do. `notices`: the days the person is told of the closing."""

    at_once: tuple[Step, ...]
    later: tuple[Due, ...]
    notices: tuple[date, ...] = ()
    replaces: Event | None = None
    reopens: bool = False  # what the event replaced had closed is opened again first


@dataclass(frozen=True, slots=True)
class Remains:
    """What decides whether somebody's civil status is kept. `closed_on`: None while the account is open.

    `mentioned_on`: the last day a feed spoke of them since. `serves`: they have a post, today or to come.
    """

    closed_on: date | None
    mailbox_state: str = "closed"
    serves: bool = False
    mentioned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """An account and its mailbox now, what happened last, and what is to come."""

    account_id: int
    state: str
    state_since: datetime | None
    mailbox_state: str
    mailbox_since: datetime | None
    event: Event | None = None
    effect_on: date | None = None
    declared_by: str = ""
    to_come: tuple[Due, ...] = ()
    closes_on: date | None = None
    new_address: str = ""
    tells_new_address: bool = False
