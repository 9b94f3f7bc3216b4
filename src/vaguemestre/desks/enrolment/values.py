"""Values of NUMEN requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

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


class WorkAnswers(NamedTuple):
    """The answers to the three questions that tell which service is in charge."""

    workplace: Workplace
    work: Work
    department: str  # code, as « 80 »


class RequestState(StrEnum):
    """The state of a request (docs/domain.md §3.2)."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    NEEDS_INFORMATION = "needs_information"
    APPROVED = "approved"
    EXISTING_FOUND = "existing_found"
    REJECTED = "rejected"
    DELIVERED = "delivered"
    CLOSED = "closed"


class RequestAction(StrEnum):
    """An action that changes the state of a request."""

    TAKE = "take"
    ASK = "ask"
    COMPLETE = "complete"  # by the applicant
    CREATE = "create"
    RECOGNISE = "recognise"
    REJECT = "reject"
    DELIVER = "deliver"
    CLOSE = "close"
    TRANSFER = "transfer"  # to another service, where it waits anew


@dataclass(frozen=True)
class Applicant:
    """What an applicant declares; nothing of it is verified."""

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
    """An uploaded proof. `kind`: media type of its content (`application/pdf`, `image/jpeg`, `image/png`)."""

    name: str
    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Receipt:
    """The receipt of a request. The secret is shown once."""

    reference: str
    secret: str = field(repr=False)
    service: str


@dataclass(frozen=True)
class StepRow:
    """A step of a request, with the message its applicant reads."""

    state: RequestState
    at: datetime
    message: str


@dataclass(frozen=True)
class RequestStatus:
    """The status of a request, for its applicant."""

    reference: str
    state: RequestState
    service: str
    steps: tuple[StepRow, ...]
    may_complete: bool


@dataclass(frozen=True)
class Scope:
    """The services an officer belongs to; empty for everybody else."""

    services: Mapping[int, str]  # id → code
    academy_id: int = 0
    officer_id: int = 0  # their account

    def __bool__(self) -> bool:
        return bool(self.services)


@dataclass(frozen=True)
class QueueRow:
    """A request in the officers' queue."""

    request_id: int
    reference: str
    name: str
    school: str
    state: RequestState
    days: int
    service: str
    assignee_id: int = 0


@dataclass(frozen=True)
class LikelyPerson:
    """A person who may be the applicant. `person_id`: 0 if another service manages them."""

    person_id: int
    name: str
    place: str
    service: str
    masked_numen: str
    birth_date: date | None
    reason: MatchReason

    @property
    def is_probable(self) -> bool:
        """Whether an officer must rule this person out before creating another."""
        return self.reason in NEEDS_REVIEW


@dataclass(frozen=True)
class DeliveryLetter:
    """The data of the letter that delivers a NUMEN."""

    civility: str
    name: str
    postal: str
    service: str
    service_code: str
    service_postal: str
    contacts: tuple[str, ...]  # the service's telephone and address, if known
    academy: str
    reference: str  # of the request; "" without one
    writer: str  # the officer in charge
    username: str
    has_namesake: bool
    address: str
    numen: str = field(repr=False)
    page: str  # where the account is activated, or signs in
    paragraph: str = ""  # the académie's own
    is_activated: bool = False
