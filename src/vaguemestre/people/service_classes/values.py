"""Values of classes of service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Basis(StrEnum):
    """Why somebody is of a class, the nearest to the person first."""

    PERSON = "person"
    FUNCTION = "function"
    CATEGORY = "category"
    ACADEMY = "academy"


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """What a class gives. 0: as the installation is set, or, for `quota_mb`, the size of the account.

    `quota_mb`: in MB; `message_mb`: the largest message one may send, in MB; `trash_days`, `junk_days`: how
    long Corbeille and Indésirables keep a message. `imap`, `submission`, `sieve`, `contacts`: mail programs
    may sign in for that. `forwards_outside`, `lends_files`: only take away what the installation gives.
    """

    quota_mb: int = 0
    message_mb: int = 0
    trash_days: int = 0
    junk_days: int = 0
    imap: bool = True
    submission: bool = True
    sieve: bool = True
    contacts: bool = True
    forwards_outside: bool = True
    lends_files: bool = True


NO_CLASS = ServiceLimits()


class ClassChoice(NamedTuple):
    """The class of somebody, and why."""

    class_id: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What decides the class of somebody. `functions`: of current posts, the main post's first."""

    person_id: int
    category: str
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassTies:
    """What gives a class, in one académie: key → class id. `whole`: the class of everybody else; 0: none."""

    by_person: Mapping[int, int] = field(default_factory=dict)
    by_function: Mapping[str, int] = field(default_factory=dict)
    by_category: Mapping[str, int] = field(default_factory=dict)
    whole: int = 0


@dataclass(frozen=True, slots=True)
class ClassDraft:
    """A class as an administrator writes it, with what it is given by."""

    name: str
    limits: ServiceLimits
    functions: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    is_for_all: bool = False


@dataclass(frozen=True, slots=True)
class ClassChange:
    """What an administrator does to a class; `class_id` 0: a new one, `draft` None: its deletion."""

    academy_id: int
    class_id: int
    draft: ClassDraft | None


@dataclass(frozen=True, slots=True)
class AskedChange:
    """A change that takes from many: it waits for a second person, or `declined_by` one.

    `people`: who would get less when it was asked. People are journal actors (`account:7`).
    """

    number: int
    change: ClassChange
    people: int
    asked_by: str
    asked_at: datetime
    declined_by: str = ""


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """A class that exists."""

    class_id: int
    academy_id: int
    draft: ClassDraft


@dataclass(frozen=True, slots=True)
class HeldClass:
    """The class of one account and what it gives; `class_id` 0: none.

    `exception`: why somebody gave it by name. `quota_mb`: the account's own, where the class sets none.
    """

    class_id: int
    name: str
    limits: ServiceLimits
    quota_mb: int
    exception: str = ""
