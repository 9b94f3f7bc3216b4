"""Nouns of a NUMEN request. All frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from vaguemestre.people.directory.rules.similarity import NEEDS_REVIEW, MatchReason


class Workplace(StrEnum):
    """« Vous exercez dans… »"""

    SCHOOL = "ecole"  # public first degree
    COLLEGE = "second-degre"  # public collège or lycée
    PRIVATE_SCHOOL = "prive-1d"
    PRIVATE_COLLEGE = "prive-2d"
    OFFICE = "service"  # rectorat, DSDEN, circonscription, CIO
    HIGHER = "superieur"


class Work(StrEnum):
    """« Vous êtes… »"""

    TEACHER = "enseignant"
    HEAD = "direction"
    EDUCATION = "cpe"
    PSYCHOLOGIST = "psyen"
    STAFF = "administratif"  # administrative, technical, health and social
    INSPECTOR = "inspection"
    AESH = "aesh"
    AED = "aed"


class State(StrEnum):
    """docs/domain.md §3.2."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    NEEDS_INFORMATION = "needs_information"
    APPROVED = "approved"
    EXISTING_FOUND = "existing_found"
    REJECTED = "rejected"
    DELIVERED = "delivered"
    CLOSED = "closed"


class Act(StrEnum):
    """What moves a request on."""

    TAKE = "take"
    ASK = "ask"
    COMPLETE = "complete"  # by the applicant
    CREATE = "create"
    RECOGNISE = "recognise"
    REJECT = "reject"
    DELIVER = "deliver"
    CLOSE = "close"


@dataclass(frozen=True)
class Applicant:
    """What somebody says of themselves; nothing of it is proved."""

    civility: str
    birth_name: str
    usage_name: str
    first_name: str
    birth_date: date
    birth_place: str
    workplace: Workplace
    work: Work
    department: str  # three digits, as in a UAI
    uai: str
    school: str
    post: str
    starts_on: date
    ends_on: date | None
    contact: str  # an address where news of the request is sent, never the NUMEN
    postal: str


@dataclass(frozen=True)
class ProofFile:
    """A proof as it came. `kind`: what its content is (`application/pdf`, `image/jpeg`, `image/png`)."""

    name: str
    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Receipt:
    """What the applicant keeps. The secret is shown once."""

    reference: str
    secret: str = field(repr=False)
    service: str


@dataclass(frozen=True)
class StepSeen:
    state: State
    at: datetime
    words: str


@dataclass(frozen=True)
class Followed:
    """A request as its applicant sees it."""

    reference: str
    state: State
    service: str
    steps: tuple[StepSeen, ...]
    may_complete: bool


@dataclass(frozen=True)
class Scope:
    """The services an officer answers for; empty for everybody else."""

    services: Mapping[int, str]  # id → code
    academy_id: int = 0

    def __bool__(self) -> bool:
        return bool(self.services)


@dataclass(frozen=True)
class Queued:
    """A line of the officers' queue."""

    request_id: int
    reference: str
    name: str
    school: str
    state: State
    days: int
    service: str


@dataclass(frozen=True)
class Probable:
    """Somebody who may be the applicant. `person_id` is 0 when another service manages them."""

    person_id: int
    name: str
    place: str
    service: str
    masked_numen: str
    born: date | None
    reason: MatchReason

    @property
    def needs_review(self) -> bool:
        """Whether nobody is created before they are told apart."""
        return self.reason in NEEDS_REVIEW


@dataclass(frozen=True)
class Letter:
    """What a delivery letter says."""

    civility: str
    name: str
    postal: str
    service: str
    service_code: str
    service_postal: str
    reached: tuple[str, ...]  # the service's telephone and address, those that are known
    academy: str
    reference: str  # of the request; "" without one
    writer: str  # the officer who answers for it
    username: str
    has_namesake: bool
    address: str
    numen: str = field(repr=False)
    activation: str
