"""Values of the account lifecycle (docs/domain.md §3.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from vaguemestre.people.credentials.values import AccountState, MailboxState

ACTOR_FEED = "feed"  # who declares the events a feed reports
ACTOR_SYSTEM = "system"  # who declares the departure of people whose every post is over


class EventKind(StrEnum):
    """The kind of a joiner, mover or leaver event."""

    ARRIVAL = "arrival"
    MOVE_WITHIN = "move-within"
    LEAVE = "leave"
    LONG_LEAVE = "long-leave"
    TRANSFER = "transfer"
    ACADEMY_MOVE = "academy-move"  # to another académie of this installation: the account moves along
    RETIREMENT = "retirement"
    CONTRACT_END = "contract-end"
    DEATH = "death"
    SUSPENSION = "suspension"
    COMPROMISE = "compromise"


class Step(StrEnum):
    """A step of an event, in the order in which steps of one day are run."""

    HIDE = "hide"  # the directory no longer shows the person
    ANSWER = "answer"  # senders get a neutral reply
    WITHDRAW = "withdraw"  # shared mailboxes, lists and delegations are withdrawn
    SUSPEND = "suspend"  # no sign-in; mail still arrives
    FORGET = "forget"  # former addresses stop receiving
    CLOSE = "close"  # account and mailbox
    FREEZE = "freeze"  # the same, and the mailbox is kept as it is
    PURGE = "purge"  # the mailbox is erased


@dataclass(frozen=True, slots=True)
class Consequence:
    """Days from an event to each of its steps; absent steps are not run.

    `posts_kept`: days during which the rights of a former post are kept beside those of the new one.
    """

    steps: Mapping[Step, int]
    posts_kept: int = 0


type ConsequenceTable = Mapping[EventKind, Consequence]


@dataclass(frozen=True, slots=True)
class LifecycleDelays:
    """The delays of the table, in days; each is a setting."""

    overlap: int = 15
    long_leave_withdrawn: int = 0
    departure_withdrawn: int = 0
    long_leave_suspended: int = 60
    transfer_closed: int = 60
    retirement_closed: int = 60
    contract_closed: int = 60
    purged: int = 180  # from the event, if the mailbox is closed
    death_frozen: int = 365
    notices: tuple[int, ...] = (60, 30, 10, 1)
    civil_status_months: int = 12  # from the closing of the account
    fed_days: int = 60  # since the last mention in a feed: human resources still hold the civil status


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step and the day it is due."""

    step: Step
    on: date


@dataclass(frozen=True, slots=True)
class Forecast:
    """What declaring an event would do. `notices`: the days with a notice of the closing."""

    at_once: tuple[Step, ...]
    later: tuple[DueStep, ...]
    notices: tuple[date, ...] = ()
    replaces: EventKind | None = None
    reopens: bool = False  # what the replaced event had closed is reopened first


@dataclass(frozen=True, slots=True)
class Remains:
    """The facts that decide whether a civil status is erased. `closed_on`: None while the account is open.

    `mentioned_on`: last mention in a feed since the closing. `serves`: has a current or future post.
    """

    closed_on: date | None
    mailbox_state: MailboxState = MailboxState.CLOSED
    serves: bool = False
    mentioned_on: date | None = None


@dataclass(frozen=True, slots=True)
class AccountLifecycle:
    """An account and its mailbox now, the open event, and the steps to come."""

    account_id: int
    state: AccountState
    state_since: datetime | None
    mailbox_state: MailboxState
    mailbox_since: datetime | None
    event: EventKind | None = None
    effect_on: date | None = None
    to_come: tuple[DueStep, ...] = ()
    closes_on: date | None = None
    new_address: str = ""
    tells_new_address: bool = False
