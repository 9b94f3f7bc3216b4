"""Nouns of the directory: people, places, NUMENs (docs/domain.md §1–§3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class NumenLayout(StrEnum):
    """The two compositions of a NUMEN; its third character tells them apart."""

    STANDARD = "standard"
    SEED = "seed"


@dataclass(frozen=True, slots=True)
class Numen:
    """Thirteen characters, already normalised. Shown masked wherever it is printed by accident."""

    text: str = field(repr=False)
    layout: NumenLayout

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """`20E••••••••BC`."""
        return f"{self.text[:3]}{'•' * 8}{self.text[-2:]}"


@dataclass(frozen=True, slots=True)
class NumenKeys:
    """What seals and finds NUMENs: several sealing keys during a rotation (32 bytes each), one digest key."""

    current: str
    sealing: Mapping[str, bytes] = field(repr=False)
    digest: bytes = field(repr=False)


class StaffCategory(StrEnum):
    FIRST_DEGREE_PUBLIC = "1D_PUBLIC"
    SECOND_DEGREE_PUBLIC = "2D_PUBLIC"
    CPE = "CPE"
    PSYEN = "PSYEN"
    DIRECTION = "DIRECTION"
    ATSS = "ATSS"
    FIRST_DEGREE_PRIVATE = "PRIVE_1D"
    SECOND_DEGREE_PRIVATE = "PRIVE_2D"
    AESH = "AESH"
    AED = "AED"


class Sector(StrEnum):
    PUBLIC = "PUBLIC"
    PRIVATE_CONTRACT = "PRIVE"


@dataclass(frozen=True, slots=True)
class Uai:
    """Code of an establishment: 3 digits of department, 4 of serial, a check letter."""

    text: str

    @property
    def department(self) -> str:
        return self.text[:3]


@dataclass(frozen=True, slots=True)
class CivilStatus:
    """Who somebody is, as management services know it. Restricted, except what `shown_…` says."""

    civility: str
    birth_name: str
    usage_name: str
    first_name: str
    birth_date: date
    chosen_first_name: str = ""

    @property
    def shown_first_name(self) -> str:
        return self.chosen_first_name or self.first_name

    @property
    def shown_last_name(self) -> str:
        return self.usage_name or self.birth_name


@dataclass(frozen=True, slots=True)
class Post:
    """One assignment (affectation); `ends_on` is the last day served."""

    uai: str
    starts_on: date
    ends_on: date | None = None
    function: str = ""
    status: str = ""
    corps: str = ""
    discipline: str = ""
    is_primary: bool = True

    @property
    def key(self) -> tuple[str, date, str]:
        """What makes it the same assignment as another."""
        return (self.uai, self.starts_on, self.function)


@dataclass(frozen=True, slots=True)
class Place:
    """An establishment as a feed describes it; empty texts are unknown."""

    uai: str
    name: str = ""
    kind: str = ""
    sector: str = ""
    department: str = ""
    town: str = ""
    postal_code: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to register."""

    dossier: str
    civil: CivilStatus
    category: StaffCategory
    posts: tuple[Post, ...]
    numen: Numen | None = None
    recovery_address: str = ""


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What becomes different for somebody known; None and empty tuples leave things as they are."""

    person_id: int
    dossier: str | None = None
    civil: CivilStatus | None = None
    category: StaffCategory | None = None
    numen: Numen | None = None
    recovery_address: str | None = None
    posts: tuple[Post, ...] = ()  # added, or replacing the post of the same key


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What the directory holds about somebody, for comparison. `numen_digests`: current one first."""

    person_id: int
    dossier: str
    civil: CivilStatus | None  # None: it was erased, and comes back with a feed that brings them back
    category: str
    numen_digests: tuple[str, ...]
    recovery_address: str
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class KnownElsewhere:
    """Somebody of another académie of this installation; `last_start`: of their latest post there."""

    person_id: int
    civil: CivilStatus | None  # None: erased
    last_start: date


@dataclass(frozen=True, slots=True)
class Names:
    """What a person is called by the engines: `mailbox` is `username@domain`, never published."""

    username: str
    address: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class NumenHeld:
    """A NUMEN of somebody's history, masked."""

    masked: str
    since: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Transferred:
    """The domain somebody left, and what they are called now."""

    left_domain: str
    names: Names


@dataclass(frozen=True, slots=True)
class Registered:
    person_id: int
    names: Names


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody as shown to colleagues; `detail` (function, school) tells homonyms apart."""

    person_id: int
    name: str
    address: str
    detail: str


@dataclass(frozen=True, slots=True)
class ServedPost:
    """One post somebody serves on a day, with what is needed to say who is meant and why.

    `place`: name of the establishment, and its town when the name does not tell it.
    """

    person_id: int
    function: str
    corps: str
    discipline: str
    category: str
    uai: str
    kind: str
    department: str
    sector: str
    district: str
    place: str
    left_on: date | None = None  # the last day served there, by somebody who serves elsewhere since
