"""Values of rosters: schools' classes, audiences, writing rights and imports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

STAGED_PURPOSE = b"classes staged"  # what the files given for an import are sealed for


class AafAct(StrEnum):
    """What a request of an AAF export does to its record."""

    ADD = "add"
    MODIFY = "modify"
    DELETE = "delete"


class AafCategory(StrEnum):
    """Categories of AAF records that are kept (`categoriePersonne`, `categorieStructure`)."""

    PUPIL = "Eleve"
    RELATIVE = "PersRelEleve"
    STAFF = "PersEducNat"
    SCHOOL = "EtabEducNat"


class Side(StrEnum):
    """The side of a class an audience addresses. The values appear in audience addresses."""

    PUPILS = "eleves"
    FAMILIES = "familles"


class GroupKind(StrEnum):
    """A class, or a teaching group across classes."""

    CLASS = "class"
    GROUP = "group"


class Role(StrEnum):
    """The role of a member of staff, which decides whom they may write to."""

    TEACHER = "teacher"
    SCHOOL_LIFE = "school-life"
    OFFICE = "office"


class Reach(StrEnum):
    """Which classes a role may write to."""

    NONE = "none"
    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A class or group of a roster."""

    kind: GroupKind
    name: str


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil. `relatives`: keys of their relatives. Keys are digests; the export's ids are not stored."""

    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    address: str = field(repr=False)
    groups: frozenset[GroupKey] = frozenset()
    relatives: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Relative:
    """A person with parental authority over pupils of the school."""

    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher. `address`: their académie address, as in the directory."""

    address: str
    groups: frozenset[GroupKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Roster:
    """The classes of a school. People are keyed by digest; `source` is the school's id in the export."""

    uai: str
    source: str = ""
    groups: frozenset[GroupKey] = frozenset()
    pupils: Mapping[str, Pupil] = field(default_factory=dict)
    relatives: Mapping[str, Relative] = field(default_factory=dict)
    teachers: Mapping[str, Teacher] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AafRequest:
    """One request of an AAF export, with the attributes that are kept."""

    act: AafAct
    category: AafCategory
    id: str
    attributes: Mapping[str, tuple[str, ...]] = field(repr=False)
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A record that cannot be used: place and reason, never the person's data."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class TargetRosters:
    """The rosters as the files describe them; `notices` are French sentences."""

    rosters: Mapping[str, Roster]
    rejected: tuple[RejectedLine, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchoolChange:
    """The changes to one school, in counts."""

    uai: str
    pupils_in: int = 0
    pupils_changed: int = 0
    pupils_out: int = 0
    pupils: int = 0
    relatives: int = 0
    teachers: int = 0
    groups: int = 0
    differs: bool = True


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """An import before it is applied. `refusal`: the French reason for refusing it whole, or ""."""

    rosters: Mapping[str, Roster]
    steps: tuple[SchoolChange, ...]
    rejected: tuple[RejectedLine, ...]
    notices: tuple[str, ...]
    refusal: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(step.differs for step in self.steps)


@dataclass(frozen=True, slots=True)
class Right:
    """The reach of a role on one side of a school's classes."""

    role: Role
    side: Side
    reach: Reach


@dataclass(frozen=True, slots=True)
class Audience:
    """The pupils or the families of a class. `group_id`: the primary key of GroupRow."""

    side: Side
    group_id: int


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """An audience offered in the composer: « 4e B — élèves »."""

    audience: Audience
    name: str
    school: str
    uai: str
    count: int
    address: str  # undeliverable; stands for the audience until the copies are made

    @property
    def recipient(self) -> str:
        """The audience as a recipient of « À »."""
        return f"{self.name} <{self.address}>"


@dataclass(frozen=True, slots=True)
class Addressee:
    """The recipient of one copy. `pupils`: the names of a relative's children in that class."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    pupils: str = field(repr=False)
    group: str = ""


@dataclass(frozen=True, slots=True)
class ClassWriter:
    """A person who may write to classes. `managed`: UAIs of the schools whose mailbox they manage."""

    account_id: int
    today: date
    managed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class School:
    """A school a person serves in today, or whose mailbox they manage."""

    structure_id: int
    uai: str
    name: str
    functions: tuple[str, ...]
    is_owner: bool


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """A class on the list page. An audience the writer may not use is None."""

    name: str
    kind: str
    pupils: int
    families: int
    to_pupils: AudienceChoice | None
    to_families: AudienceChoice | None


@dataclass(frozen=True, slots=True)
class RosterSummary:
    """A school's roster as its pages show it."""

    updated_at: datetime
    purge_on: date
    pupils: int
    relatives: int
    teachers: int
    unknown_teachers: int  # whose address is not in the directory
    groups: tuple[GroupSummary, ...]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """An import applied, as the settings page lists it."""

    at: datetime
    kind: str
    by: str
    pupils_in: int
    pupils_changed: int
    pupils_out: int
    pupils: int
    rejected: tuple[RejectedLine, ...]


@dataclass(frozen=True, slots=True)
class AllowedWriter:
    """A person allowed to write to every class of a school."""

    person_id: int
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class ContentWarning:
    """A warning about the content of a message to families. `words`: as written, numbers masked."""

    kind: str  # `pupil-number`, `social-number`, `sensitive`
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntAssertion:
    """The user the ENT identified. `in_response_to`: our request's id. `key`: unique id of the assertion."""

    provider: str
    user: str = field(repr=False)
    in_response_to: str
    key: str
    until: datetime
