"""A parsed feed, the state it is compared with, and the plan between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from vaguemestre.people.credentials.values import AccountState
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

# What sealed lines, and sealed files of held feeds, are bound to.
LINE_PURPOSE = b"feed line"
HELD_FILE_PURPOSE = b"feed held"


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
    """A line that cannot be used: the column at fault (may be ""), and the reason in French."""

    line: int
    column: str
    reason: str
    dossier: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """The content of a feed. `notices`: French sentences about the whole file."""

    records: tuple[Record, ...]
    refused: tuple[RefusedLine, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedPlaces:
    """The content of the companion file of establishments."""

    places: tuple[Place, ...]
    refused: tuple[RefusedLine, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportTerms:
    """How a feed is read: the day, the limits, and the source it is complete for ("" = partial).

    `refusal_limit_percent`: of its lines; 100 is no limit. `…_confirmed` lifts a limit. `recent_departures`:
    people whom files of that source made leave in the last 24 hours, unconfirmed; they count with its own.
    """

    today: date
    grace_days: int
    closure_limit_percent: float
    full_source: str = ""
    closures_confirmed: bool = False
    refusal_limit_percent: float = 100.0
    refusals_confirmed: bool = False
    is_older_allowed: bool = False
    recent_departures: int = 0

    @property
    def confirmed(self) -> "ImportTerms":
        """These terms with every limit lifted by an administrator."""
        return replace(self, closures_confirmed=True, refusals_confirmed=True, is_older_allowed=True)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """The account of a registered person. `closes_on`: its closing day, if a departure is under way."""

    account_id: int
    state: AccountState
    closes_on: date | None = None


@dataclass(frozen=True, slots=True)
class AcademySnapshot:
    """The académie before the feed: people, their accounts, the source each came from; by person id.

    `same` and `other`: answered match candidates, as (dossier of the feed, person).
    """

    people: Mapping[int, KnownPerson]
    accounts: Mapping[int, KnownAccount]
    sources: Mapping[int, str]
    same: frozenset[tuple[str, int]] = frozenset()
    other: frozenset[tuple[str, int]] = frozenset()
    elsewhere: Mapping[str, KnownElsewhere] = field(default_factory=dict)  # by digest of NUMEN
    accounts_elsewhere: Mapping[int, int] = field(default_factory=dict)  # académie → open accounts
    uais_elsewhere: frozenset[str] = frozenset()  # establishments of other académies


class Situation(StrEnum):
    """What the `statut` of somebody's posts means (docs/domain.md §3.6)."""

    ACTIVE = "active"
    LEAVE = "leave"  # a year at most
    LONG_LEAVE = "long-leave"  # and secondments
    TRANSFER = "transfer"  # to another académie
    RETIREMENT = "retirement"
    DEATH = "death"


class Field(StrEnum):
    """A field that may change for a registered person."""

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
    """Somebody to register."""

    person: NewPerson
    lines: tuple[Record, ...]
    situation: Situation = Situation.ACTIVE


@dataclass(frozen=True, slots=True)
class Transfer:
    """Somebody of another académie of this installation who takes a post here."""

    person_id: int
    person: NewPerson
    lines: tuple[Record, ...]
    left_academy_id: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What changes for a registered person, in the directory and for the account.

    `what`: the names of the fields, in French. `account_act`: `close`, `reopen`, or "".
    """

    change: PersonChange
    what: tuple[str, ...]
    name: str
    dossier: str
    account_id: int | None = None
    account_act: str = ""
    leaves: bool = False
    source: str | None = None
    lines: tuple[Record, ...] = ()
    differences: tuple[Difference, ...] = ()
    uai: str = ""  # of the primary post
    function: str = ""
    leaves_on: date | None = None  # the last day served, if they leave
    situation: Situation | None = None  # if it changes
    situation_on: date | None = None  # its first day


class RowKind(StrEnum):
    """The lists a plan is shown in."""

    DEPARTURE = "departure"
    CHANGE = "change"
    TRANSFER = "transfer"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """Somebody of a plan, as shown before the decision.

    `fingerprint`: hash of all that would be written; two rows with the same one have the same effect on the
    same person in the same state.
    """

    kind: RowKind
    person_id: int | None  # None: not registered yet
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
class PossibleMatch:
    """Somebody of the feed who may be that person: a human decides.

    `person_id` is None if the other is of the same file, and arrives under the dossier `twin`.
    """

    dossier: str
    person_id: int | None
    reason: str
    lines: tuple[Record, ...]
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a feed would do. `refusal`: the French reason for refusing it whole, or "".

    The sequences of a large file are lazy: each iteration plans people again, in order.
    """

    arrivals: Sequence[Arrival]
    changes: Sequence[Change]
    refused: tuple[RefusedLine, ...]
    unchanged: int
    ended_already: int
    accounts_of_source: int
    refusal: str = ""
    possible_matches: Sequence[PossibleMatch] = ()
    transfers: Sequence[Transfer] = ()
    departures: Sequence[Change] = ()  # the changes by which somebody leaves
    uais: frozenset[str] = frozenset()  # of the posts that would be written
    mentioned: frozenset[int] = frozenset()  # people of the feed whose account is closed
    unknown_statuses: Mapping[str, int] = field(default_factory=dict)  # number of lines by status
    lines: int = 0  # read, refused ones included
    unresolved_lines: int = 0  # refused lines that wait for a match answer

    @property
    def is_empty(self) -> bool:
        return not (self.arrivals or self.changes or self.transfers)
