"""Values of the directory: people, places, NUMENs (docs/domain.md §1–§3)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

NO_ACADEMY = -1  # an id that no académie has, where 0 would mean all of them


class NumenLayout(StrEnum):
    """The two compositions of a NUMEN; its third character tells them apart."""

    STANDARD = "standard"
    SEED = "seed"


@dataclass(frozen=True, slots=True)
class Numen:
    """A NUMEN: thirteen normalised characters; `str` gives it masked, so that logs never show it."""

    text: str = field(repr=False)
    layout: NumenLayout

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """`20E••••••••BC`."""
        return f"{self.text[:3]}{'•' * 8}{self.text[-2:]}"


class NumenKeys(Protocol):
    """Encrypts, hashes and decrypts NUMENs: with the keys, or by the agent that has them (ADR 0033).

    Methods raise EngineDown if the agent is away, EngineRefused if it may not answer this process.
    """

    def digest(self, text: str) -> str:
        """The keyed hash of a text: 64 hexadecimal digits."""
        ...

    def seal(self, content: bytes, purpose: bytes) -> bytes:
        """Seal content with the current key; only the same `purpose` opens it."""
        ...

    def unseal(self, sealed: bytes, purpose: bytes) -> bytes:
        """Unseal content. Raises Refusal `directory.numen-sealed-otherwise` if no key fits."""
        ...

    def mask(self, sealed: bytes) -> str:
        """A sealed NUMEN as `20E••••••••BC`. Raises Refusal as `unseal`."""
        ...


class StructureState(StrEnum):
    """Whether an establishment is open on a day."""

    OPEN = "open"
    CLOSED = "closed"


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
    """The code of an establishment: 3 digits of department, 4 of serial, a check letter."""

    text: str

    @property
    def department(self) -> str:
        return self.text[:3]


@dataclass(frozen=True, slots=True)
class CivilStatus:
    """Civil status, as management services hold it. Restricted, except `shown_…`."""

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
        """(UAI, first day, function): the identity of an assignment."""
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


class PlaceChange(NamedTuple):
    """An establishment as it is, and as a feed describes it."""

    before: Place
    after: Place


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
    """A change to a registered person; None and empty tuples change nothing."""

    person_id: int
    dossier: str | None = None
    civil: CivilStatus | None = None
    category: StaffCategory | None = None
    numen: Numen | None = None
    recovery_address: str | None = None
    posts: tuple[Post, ...] = ()  # added, or replacing the post of the same key


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A registered person, for comparison with a feed. `numen_digests`: current one first."""

    person_id: int
    dossier: str
    civil: CivilStatus | None  # None: erased; it comes back with a feed that brings the person back
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
    academy_id: int = 0


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a person for the engines: `mailbox` is `username@domain`, never published."""

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
    """The result of a transfer: the domain left, and the username and primary address from now on."""

    left_domain: str
    username: str
    address: str


@dataclass(frozen=True, slots=True)
class Registered:
    """The id and names of a person just registered."""

    person_id: int
    names: Names


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """Somebody as shown to colleagues; `detail` (function, school) distinguishes homonyms."""

    person_id: int
    name: str
    address: str
    detail: str


@dataclass(frozen=True, slots=True)
class ServedPost:
    """One post somebody serves on a day, with the criteria of lists.

    `place`: name of the establishment, and its town if the name does not contain it.
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
    left_on: date | None = None  # last day served there, if the person serves elsewhere since
