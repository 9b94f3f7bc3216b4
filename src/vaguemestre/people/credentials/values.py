"""Values of credentials: keys of the instance, an account as a sign-in sees it, password strength."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

type Preferences = Mapping[str, object]  # subject (`reading`, `labels`…) → its room’s JSON


@dataclass(frozen=True, slots=True)
class SecretKeys:
    """Keys that encrypt one-time secrets, of 32 bytes, by key id; several during a rotation."""

    current: str
    sealing: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The key that signs mail tokens: a P-256 private key (PEM), its `kid`, and the issuer."""

    private_pem: str = field(repr=False)
    kid: str
    issuer: str


class AccountRole(StrEnum):
    AGENT = "agent"
    HR_OFFICER = "hr_officer"
    HELPDESK = "helpdesk"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"  # reads the journal and the figures, and acts on nothing
    BOX = "box"  # a mailbox of several people: nothing signs in as it


class MailboxState(StrEnum):
    OPEN = "open"  # receives; its owner reads it while the account is active
    HELD = "held"  # receives; nobody can read it for a while, even if the account is active
    CLOSED = "closed"  # receives nothing; its mail is still kept
    FROZEN = "frozen"  # closed, and not erased before a legal delay
    PURGED = "purged"  # closed, and its mail is erased


class AppPasswordScope(StrEnum):
    """What an app password opens."""

    MAIL = "mail"
    CONTACTS = "contacts"
    BOTH = "both"
    PROGRAM = "program"  # no password: a program's key, exchanged for mail tokens


class DeviceKind(StrEnum):
    """A source of one-time codes."""

    APP = "app"
    KEY = "key"


class AccountState(StrEnum):
    PENDING = "pending"  # never activated: no password opens it
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Identified:
    """An account at sign-in. `hashed`: the hash of its password; "" if no password opens it."""

    account_id: int
    person_id: int | None
    state: AccountState
    role: AccountRole
    hashed: str = field(repr=False)
    owes_factor: bool = False  # an administrator asked for a second factor
    sessions_ended_at: datetime | None = None  # all, or all but one


@dataclass(frozen=True, slots=True)
class ConfirmedDevice:
    """A confirmed device of one-time codes."""

    device_id: int
    kind: DeviceKind
    sealed: bytes = field(repr=False)
    period: int
    hashed_pin: str = field(repr=False)
    last_step: int


@dataclass(frozen=True, slots=True)
class PasswordContext:
    """What others may know of a person, and must not make up their password."""

    words: tuple[str, ...] = ()  # names, username, school, town, académie
    numens: tuple[str, ...] = field(default=(), repr=False)
    birth_date: date | None = None
    taken: tuple[str, ...] = field(default=(), repr=False)  # hashes of passwords that a thief may know


@dataclass(frozen=True, slots=True)
class KeyReceipt:
    """The receipt of a key handed over."""

    serial: str
    holder: str
    issuer: str
    academy: str
    at: datetime


class Strength(StrEnum):
    """The strength of a password, in the French words shown."""

    TOO_SHORT = "Trop court"
    TOO_LONG = "Trop long"
    TOO_COMMON = "Trop courant"
    TOO_CLOSE = "Trop proche de vous"
    TOO_SIMPLE = "Trop simple"
    FAIR = "Correct"
    GOOD = "Bon"
    EXCELLENT = "Excellent"

    @property
    def is_enough(self) -> bool:
        return self in (Strength.FAIR, Strength.GOOD, Strength.EXCELLENT)


@dataclass(frozen=True, slots=True)
class ActFacts:
    """What decides whether an act changes an account."""

    account_id: int
    person_id: int
    username: str
    mailbox: str
    state: AccountState
    mailbox_state: MailboxState
    role: AccountRole
    quota_mb: int
    class_quota_mb: int = 0  # set by the class of service; 0: none
    owes_factor: bool = False
    state_since: datetime | None = None
    factor_demanded_at: datetime | None = None
    private_address: str = field(default="", repr=False)  # known from the feed
