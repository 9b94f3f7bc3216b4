"""A feed read, what we know, and the plan between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from vaguemestre.directory.values import (
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
    """How a feed is read: the day, the rules of closing, and the source it is complete for ("" = partial)."""

    today: date
    grace_days: int
    closure_limit_percent: float
    full_source: str = ""
    closures_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class KnownAccount:
    account_id: int
    state: str


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


@dataclass(frozen=True, slots=True)
class Arrival:
    person: NewPerson
    lines: tuple[Record, ...]


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


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Somebody of the feed who may be that person: a human says."""

    dossier: str
    person_id: int
    reason: str
    lines: tuple[Record, ...]


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

    @property
    def is_empty(self) -> bool:
        return not (self.arrivals or self.changes or self.transfers)
