"""Nouns of the help desk."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What an operator may do to somebody's account."""

    LIFT = "lifted"
    SEND_CODE = "code-sent"
    SUSPEND = "suspended"
    RESUME = "resumed"
    COMPROMISED = "compromised"
    LET_GO = "released"  # outgoing mail that was held
    THROW_AWAY = "discarded"
    HAND_OVER = "hand-over-asked"
    GIVE_KEY = "key-given"
    KEY_LOST = "key-lost"


@dataclass(frozen=True, slots=True)
class Touched:
    """An account and all that an act would cut, counted."""

    name: str
    username: str
    place: str
    contact: str  # masked; "" when none is verified
    sessions: int
    app_passwords: int
    factors: tuple[str, ...]
    has_password: bool
    has_code: bool
    going_out: int  # messages about to leave
    kept_back: int


@dataclass(frozen=True, slots=True)
class Target:
    """An account as the desk's rules see it.

    `contact`: where a code may be sent, "" when nowhere; `kept_back`: how many messages of its wait for a
    decision; `has_key`: a one-time key, with or without its PIN.
    """

    account_id: int
    role: str
    state: str
    contact: str = field(default="", repr=False)
    kept_back: int = 0
    has_key: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of an account's story: what happened, in words, and who did it."""

    at: datetime
    words: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that did not arrive: its sender or its recipient (`other`), and why.

    `status`: RFC 3463, `filter-rejected` or `filter-discarded`. Nothing of the message itself.
    """

    at: datetime
    other: str
    status: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """Octets used and allowed (0: no limit)."""

    used: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Forward:
    """A rule of the person's that sends their mail elsewhere. `changed_at`: when rules last changed."""

    name: str
    to: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mail:
    """What the engines know of an account's mail; None where an engine is away."""

    usage: Usage | None
    came_in_vain: tuple[Undelivered, ...] | None
    left_in_vain: tuple[Undelivered, ...]
    forwards: tuple[Forward, ...]
    kept_back: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the desk may know of an account, and nothing that opens it or was written to it.

    `is_shut`: active, but no password opens it before its owner has chosen another. `contact` is masked.
    """

    account_id: int
    username: str
    name: str
    address: str
    place: str
    role: str
    state: str
    is_shut: bool
    failures: int
    waits_until: datetime | None
    contact: str
    code_until: datetime | None
    factors: tuple[str, ...]
    story: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One account of a search."""

    account_id: int
    username: str
    name: str
    address: str
    place: str
    state: str


@dataclass(frozen=True, slots=True)
class Second:
    """Somebody who may confirm who a person is: a head of school, else a management officer."""

    account_id: int
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class HandOverShown:
    """A code to be handed over once a second person confirms, as both see it."""

    hand_over_id: int
    account_id: int
    name: str
    place: str
    operator: str
    second: str
    reason: str
    state: str
    drops_factors: bool
    made_at: datetime
    until: datetime


class Kind(StrEnum):
    """What somebody asks the desk about."""

    SIGN_IN = "connexion"
    TAKEN = "compte-utilise"  # by somebody else
    KEY = "cle-otp"
    MAIL = "courriels"
    PROGRAM = "logiciel"
    OTHER = "autre"


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody writes to the desk. `contact`: an address, a phone number, or nothing."""

    kind: Kind
    name: str
    place: str
    contact: str
    text: str = field(repr=False)
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class RequestShown:
    """A request as the desk sees it, or as its author follows it."""

    request_id: int
    kind: str
    name: str
    place: str
    contact: str
    text: str
    state: str
    made_at: datetime
    account_id: int | None
    taken_by: str
    answer: str
    answered_at: datetime | None
