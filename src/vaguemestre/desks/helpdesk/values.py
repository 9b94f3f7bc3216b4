"""Values of the help desk."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vaguemestre.people.credentials.values import AccountRole, AccountState

RECOVERED_FOLDER = "Récupérés"


class DeskAction(StrEnum):
    """An action of an operator on an account."""

    LIFT = "lifted"
    SEND_CODE = "code-sent"
    SUSPEND = "suspended"
    RESUME = "resumed"
    COMPROMISED = "compromised"
    LET_GO = "released"  # outgoing mail that was held
    THROW_AWAY = "discarded"
    RECOVER = "messages-recovered"
    HAND_OVER = "hand-over-asked"
    GIVE_KEY = "key-given"
    KEY_LOST = "key-lost"


@dataclass(frozen=True, slots=True)
class AccountImpact:
    """An account and what an action would cut, in counts."""

    name: str
    username: str
    place: str
    contact: str  # masked; "" when none is verified
    sessions: int
    app_passwords: int
    factors: tuple[str, ...]
    has_recovery_codes: bool
    has_password: bool
    has_code: bool
    outgoing_messages: int  # messages about to leave
    kept_back: int


@dataclass(frozen=True, slots=True)
class ActionTarget:
    """The facts about an account that decide which actions are possible.

    `contact`: where a code may be sent, or "". `kept_back`: number of held messages. `has_key`: it has an
    OTP key, with or without PIN. `can_send`: mail may leave its mailbox. `outreaches_operator`: its office
    covers the whole installation, the operator's one académie. `is_person`: it is
    somebody's, no shared mailbox. `is_suspended_by_service`: its management service, which alone reopens it,
    declared what suspends it.
    """

    account_id: int
    role: AccountRole
    state: AccountState
    contact: str = field(default="", repr=False)
    kept_back: int = 0
    has_key: bool = False
    can_send: bool = True
    outreaches_operator: bool = False
    is_person: bool = True
    is_suspended_by_service: bool = False


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of an account's history, in French, with its actor."""

    at: datetime
    label: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that was not delivered: its sender or its recipient (`other`), and the status.

    `status`: RFC 3463, `filter-rejected` or `filter-discarded`. No content of the message.
    """

    at: datetime
    other: str
    status: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class MailboxUsage:
    """Bytes used and allowed (0: no limit)."""

    used: int
    allowed: int


@dataclass(frozen=True, slots=True)
class ForwardRule:
    """What forwards the mail of a person. `changed_at`: when that last changed.

    `to`: "" for an address that a script computes, None for rules of a program that forward nothing.
    """

    name: str
    to: str | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Forwards:
    """All that forwards the mail of a person. `is_whole`: the scripts of their programs were read."""

    rules: tuple[ForwardRule, ...]
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class MailDiagnosis:
    """What the engines know about an account's mail; None where an engine is down."""

    usage: MailboxUsage | None
    failed_incoming: tuple[Undelivered, ...] | None
    failed_outgoing: tuple[Undelivered, ...]
    forwards: Forwards
    kept_back: int


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """An account as the desk may see it: no secret, no content.

    `is_locked`: active, but without password until its owner chooses one. `contact` is masked.
    """

    account_id: int
    username: str
    name: str
    address: str
    place: str
    role: AccountRole
    state: AccountState
    is_locked: bool
    mail_held_since: datetime | None
    failures: int
    throttled_until: datetime | None
    contact: str
    code_until: datetime | None
    factors: tuple[str, ...]
    history: tuple[HistoryLine, ...]
    is_person: bool = True


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in search results."""

    account_id: int
    username: str
    name: str
    address: str
    place: str
    state: AccountState
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Confirmer:
    """A person who may confirm an identity: a head of school, or else a management officer."""

    account_id: int
    name: str
    place: str


class HandOverState(StrEnum):
    """Where a hand-over of a code stands."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class HandOverDetail:
    """A hand-over of a code, as its operator and its confirmer see it."""

    hand_over_id: int
    account_id: int
    username: str
    name: str
    place: str
    operator: str
    second: str
    reason: str
    state: HandOverState
    drops_factors: bool
    made_at: datetime
    until: datetime


class RequestKind(StrEnum):
    """The subject of a help request."""

    SIGN_IN = "connexion"
    TAKEN = "compte-utilise"  # by somebody else
    KEY = "cle-otp"
    MAIL = "courriels"
    PROGRAM = "logiciel"
    OTHER = "autre"


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """A new help request. `contact`: an address, a phone number, or ""."""

    kind: RequestKind
    name: str
    place: str
    contact: str
    text: str = field(repr=False)
    account_id: int | None = None
    domain: str = ""  # of the académie it is made to


class HelpRequestState(StrEnum):
    """Where a help request stands."""

    NEW = "new"
    TAKEN = "taken"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class HelpRequestDetail:
    """A help request, for the desk or for its author."""

    request_id: int
    kind: RequestKind
    name: str
    place: str
    contact: str
    text: str
    state: HelpRequestState
    made_at: datetime
    account_id: int | None
    taken_by: str
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """An answer that the desk of one académie keeps ready.

    `domain`: mail domain of the académie, in lower case; `text_id` 0: a new one.
    """

    domain: str
    title: str
    text: str = field(repr=False)
    text_id: int = 0
    updated_at: datetime | None = None
