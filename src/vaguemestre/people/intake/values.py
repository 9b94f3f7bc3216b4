"""A feed read, what we know, and the plan between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from vaguemestre.people.directory.values import (
    CivilStatus,
    KnownElsewhere,
    KnownPerson,
    NewPerson,
    Numen,
    PersonChange,
    Place,
    Post,
    StaffCategory,
)


@dataclass(frozen=True, slots=True)
class Record:
    """One good line: somebody in one post. `line` counts from 1, the header included."""

    line: int
    dossier: str
    numen: Numen | None
    civil: CivilStatus
    category: StaffCategory
    post: Post
    recovery_address: str
    raw: str


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that cannot be used, the column at fault (may be empty) and why, in French."""

    line: int
    column: str
    reason: str
    dossier: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file said. `notices` are French sentences about the whole file."""

    records: tuple[Record, ...]
    refused: tuple[RefusedLine, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacesReading:
    places: tuple[Place, ...]
    refused: tuple[RefusedLine, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a feed is read: the day, the rules of closing, and the source it is complete for ("" = partial).

    `refusal_limit_percent`: of its lines; 100 is no limit. What is confirmed holds the feed back no more.
    """

    today: date
    grace_days: int
    closure_limit_percent: float
    full_source: str = ""
    closures_confirmed: bool = False
    refusal_limit_percent: float = 100.0
    refusals_confirmed: bool = False
    is_older_allowed: bool = False

    @property
    def confirmed(self) -> "Terms":
        """The same, with every limit lifted by somebody."""
        return replace(self, closures_confirmed=True, refusals_confirmed=True, is_older_allowed=True)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """`closes_on`: the day its closing is planned for, once a departure is under way."""

    account_id: int
    state: str
    closes_on: date | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The académie before the feed: people, their accounts, the source each came from; by person id.

    `same` and `other`: what humans answered to doubts, as (dossier of the feed, person).
    """

    people: Mapping[int, KnownPerson]
    accounts: Mapping[int, KnownAccount]
    sources: Mapping[int, str]
    same: frozenset[tuple[str, int]] = frozenset()
    other: frozenset[tuple[str, int]] = frozenset()
    elsewhere: Mapping[str, KnownElsewhere] = field(default_factory=dict)  # by digest of NUMEN


class Situation(StrEnum):
    """What the `statut` of somebody's posts says of them (docs/domain.md §3.6)."""

    ACTIVE = "active"
    LEAVE = "leave"  # a year at most
    LONG_LEAVE = "long-leave"  # and secondments
    TRANSFER = "transfer"  # to another académie
    RETIREMENT = "retirement"
    DEATH = "death"


class Field(StrEnum):
    """What may become different for somebody known."""

    DOSSIER = "dossier"
    NUMEN = "numen"
    CIVILITY = "civility"
    BIRTH_NAME = "birth-name"
    USAGE_NAME = "usage-name"
    FIRST_NAME = "first-name"
    BIRTH_DATE = "birth-date"
    CATEGORY = "category"
    RECOVERY_ADDRESS = "recovery-address"
    POST = "post"  # a new one: the day it starts
    END = "end"  # the last day of a post
    STATUS = "status"
    CORPS = "corps"
    DISCIPLINE = "discipline"
    PRIMARY = "primary"  # the school of the primary post
    SOURCE = "source"
    SITUATION = "situation"
    ACCOUNT = "account"  # open, closed


class Difference(NamedTuple):
    """A field of somebody, before and after; `uai`: the school of the post it is about.

    Days are ISO, codes as in the feed, NUMENs masked; `before` is None where it can only be unsealed.
    """

    field: Field
    before: str | None
    after: str
    uai: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    person: NewPerson
    lines: tuple[Record, ...]
    situation: Situation = Situation.ACTIVE


@dataclass(frozen=True, slots=True)
class Transfer:
    """Somebody of another académie of this installation, who takes a post here."""

    person_id: int
    person: NewPerson
    lines: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes different for somebody known, in the directory and for the account ("" or an act)."""

    change: PersonChange
    what: tuple[str, ...]
    shown: str
    dossier: str
    account_id: int | None = None
    account_act: str = ""
    leaves: bool = False
    source: str | None = None
    lines: tuple[Record, ...] = ()
    differences: tuple[Difference, ...] = ()
    uai: str = ""  # of the primary post
    function: str = ""
    leaves_on: date | None = None  # the last day served, of whoever leaves
    situation: Situation | None = None  # where it is not what it was
    situation_on: date | None = None  # from that day


class RowKind(StrEnum):
    """The lists in which a plan is read."""

    DEPARTURE = "departure"
    CHANGE = "change"
    TRANSFER = "transfer"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """Somebody of a plan as it is shown before anything is decided.

    `fingerprint`: of all that would be written; two rows of one fingerprint do the same to the same person in
    the same state.
    """

    kind: RowKind
    person_id: int | None  # None: nobody known yet
    dossier: str
    name: str
    line: int
    uai: str
    function: str
    differences: tuple[Difference, ...]
    leaves_on: date | None
    account_act: str
    situation: Situation | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Somebody of the feed who may be that person: a human says.

    `person_id` is None where the other is of the same file: somebody who arrives under `twin`, their dossier.
    """

    dossier: str
    person_id: int | None
    reason: str
    lines: tuple[Record, ...]
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying would do. `refusal` is the French reason for refusing the feed whole, or "".

    Of a large file, people are planned when they are asked for: all in order, as often as one likes.
    """

    arrivals: Sequence[Arrival]
    changes: Sequence[Change]
    refused: tuple[RefusedLine, ...]
    unchanged: int
    ended_already: int
    accounts_of_source: int
    refusal: str = ""
    doubts: Sequence[Doubtful] = ()
    transfers: Sequence[Transfer] = ()
    departures: Sequence[Change] = ()  # those of the changes by which somebody leaves
    uais: frozenset[str] = frozenset()  # of the posts that would be written
    mentioned: frozenset[int] = (
        frozenset()
    )  # people whose account is closed, of whom the feed speaks all the same
    unknown_statuses: Mapping[str, int] = field(default_factory=dict)  # with the lines that say them
    lines: int = 0  # read, refused ones included
    doubtful_lines: int = 0  # of the refused ones, those that wait for a human to tell two people apart

    @property
    def is_empty(self) -> bool:
        return not (self.arrivals or self.changes or self.transfers)
