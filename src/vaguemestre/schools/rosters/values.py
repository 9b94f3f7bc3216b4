"""Nouns of classes: a school's roster, who may write to whom, and files read. All frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

# The four kinds of record of an export that matter here.
PUPIL, RELATIVE, STAFF, SCHOOL = "Eleve", "PersRelEleve", "PersEducNat", "EtabEducNat"


class Side(StrEnum):
    """Whom of a class one writes to; as it stands in addresses."""

    PUPILS = "eleves"
    FAMILIES = "familles"


class Kind(StrEnum):
    CLASS = "class"
    GROUP = "group"


class Role(StrEnum):
    """What somebody is in a school, for writing to its classes."""

    TEACHER = "teacher"
    SCHOOL_LIFE = "school-life"
    OFFICE = "office"


class Reach(StrEnum):
    NONE = "none"
    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A class or group of a roster."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Pupil:
    """`relatives`: keys of those who answer for them. Keys are digests: the file's numbers are not kept."""

    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    address: str = field(repr=False)
    groups: frozenset[GroupKey] = frozenset()
    relatives: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Relative:
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Teacher:
    """`address`: the one in the académie, by which the directory knows them."""

    address: str
    groups: frozenset[GroupKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Roster:
    """A school's classes: by digest of the file's number. `source`: the school's number in the export."""

    uai: str
    source: str = ""
    groups: frozenset[GroupKey] = frozenset()
    pupils: Mapping[str, Pupil] = field(default_factory=dict)
    relatives: Mapping[str, Relative] = field(default_factory=dict)
    teachers: Mapping[str, Teacher] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """One request of an AAF export; only the attributes writing needs were read."""

    act: str  # `add`, `modify`, `delete`
    category: str
    id: str
    attributes: Mapping[str, tuple[str, ...]] = field(repr=False)
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Wrong:
    """A record that cannot be used: where and why, never whom."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What files say the rosters are to be; `notices` are French sentences."""

    rosters: Mapping[str, Roster]
    wrong: tuple[Wrong, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What changes for one school: numbers only."""

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
class Plan:
    """`refusal`: the French reason for refusing everything, or ""."""

    rosters: Mapping[str, Roster]
    steps: tuple[Step, ...]
    wrong: tuple[Wrong, ...]
    notices: tuple[str, ...]
    refusal: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(step.differs for step in self.steps)


@dataclass(frozen=True, slots=True)
class Right:
    """What one role may do in a school on one side."""

    role: Role
    side: Side
    reach: Reach


@dataclass(frozen=True, slots=True)
class Audience:
    """The pupils, or the families, of a class; `group_id` is ours."""

    side: Side
    group_id: int


@dataclass(frozen=True, slots=True)
class AudienceShown:
    """An audience as a writer picks it: « 4e B — élèves »."""

    audience: Audience
    name: str
    school: str
    uai: str
    count: int
    address: str  # leads nowhere: it stands for the audience until the copies are made

    @property
    def recipient(self) -> str:
        """As it stands in « À »."""
        return f"{self.name} <{self.address}>"


@dataclass(frozen=True, slots=True)
class Addressee:
    """One copy's recipient. `pupils`: the children a relative answers for, in that class."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    pupils: str = field(repr=False)
    group: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks about classes. `managed`: UAI of the schools whose box they manage."""

    account_id: int
    today: date
    managed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class School:
    """A school somebody serves in today, or manages the box of."""

    structure_id: int
    uai: str
    name: str
    functions: tuple[str, ...]
    is_owner: bool


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A class on its page; an audience one may not write to is None."""

    name: str
    kind: str
    pupils: int
    families: int
    to_pupils: AudienceShown | None
    to_families: AudienceShown | None


@dataclass(frozen=True, slots=True)
class RosterShown:
    updated_at: datetime
    purge_on: date
    pupils: int
    relatives: int
    teachers: int
    unknown_teachers: int  # of whom the directory knows no such address
    groups: tuple[GroupShown, ...]


@dataclass(frozen=True, slots=True)
class ImportShown:
    at: datetime
    kind: str
    by: str
    pupils_in: int
    pupils_changed: int
    pupils_out: int
    pupils: int
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True, slots=True)
class Allowed:
    person_id: int
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Caution:
    """What a message to families had better not say; `words` as they stand there."""

    kind: str  # `pupil-number`, `social-number`, `sensitive`
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntSaid:
    """Who comes, as the ENT answers. `answers`: what we asked. `key`: of the answer itself."""

    provider: str
    user: str = field(repr=False)
    answers: str
    key: str
    until: datetime
