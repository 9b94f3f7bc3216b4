"""Values of acts on many. Frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vaguemestre.people.credentials.values import AccountState


class Act(StrEnum):
    SUSPEND = "suspend"
    RESUME = "resume"
    FACTOR = "factor"  # a second factor is demanded
    NO_FACTOR = "no-factor"
    QUOTA = "quota"
    NOTICE = "notice"
    LETTERS = "letters"  # activation letters, as one file
    REMINDER = "reminder"  # to activate one's account, sent to a private address
    EXPORT = "export"


class State(StrEnum):
    PREPARED = "prepared"  # everybody is listed, nothing is done: the dry run
    AWAITING = "awaiting"  # decided, and too many for one person
    RUNNING = "running"
    STOPPED = "stopped"  # interrupted; goes on, or is undone, when somebody says so
    DONE = "done"
    UNDO_AWAITING = "undo-wait"  # undoing it is for two people
    UNDOING = "undoing"
    UNDONE = "undone"
    ABANDONED = "abandoned"  # prepared, and never to be decided; or stopped since what it said is not so


class Phase(StrEnum):
    """What became of one person in an act."""

    LISTED = "listed"
    SKIPPED = "skipped"
    DONE = "done"
    UNDONE = "undone"
    KEPT = "kept"  # undoing found that somebody changed it since


class Skip(StrEnum):
    """Why an act leaves somebody as they are."""

    GONE = "gone"  # erased, or of another académie by now
    ONESELF = "oneself"
    OFFICE = "office"  # an officer, the help desk, an administrator: one by one
    CLOSED = "closed"
    SERVICE = "service"  # its management service suspended it, and alone reopens it
    ALREADY = "already"
    ACTIVATED = "activated"
    NO_ADDRESS = "no-address"  # no private address is known
    LATELY = "lately"  # reminded within `REMINDED_EVERY`
    UNREAD = "unread"  # never activated, suspended or held: nobody would read it
    CHANGED = "changed"
    WANTED = "wanted"  # by a later act, or the help desk, that found them so already: undoing leaves them
    CLASS = "class"  # a class of service sets the size
    REFUSED = "refused"  # by the mail store
    SILENT = "silent"  # the mailbox did not answer: still listed, and tried again


@dataclass(frozen=True)
class Order:
    """What is done, and its details. `quota_mb`: of a QUOTA; `subject` and `text`: of a NOTICE."""

    act: Act
    note: str  # why, for the journal
    quota_mb: int = 0
    subject: str = ""
    text: str = ""


@dataclass(frozen=True)
class Selection:
    """Accounts selected, and the lines of a file that name nobody."""

    account_ids: Sequence[int]
    unknown: Sequence[str] = ()


@dataclass(frozen=True)
class Declined:
    """What two people were to agree to and did not: by whom, and whether by the one who had asked."""

    by: str
    at: datetime
    is_withdrawn: bool
    is_undo: bool


@dataclass(frozen=True)
class Counts:
    total: int = 0
    pending: int = 0  # to be changed
    skipped: int = 0
    done: int = 0
    undone: int = 0
    kept: int = 0


@dataclass(frozen=True)
class ActFile:
    """One act on many: its order, its state, who decided. People are journal actors (`account:7`)."""

    act_id: int
    order: Order
    state: State
    academy_id: int  # of the office that asked; 0: the whole installation
    asked_by: str
    asked_at: datetime
    decided_by: str
    approved_by: str
    undone_by: str
    undo_approved_by: str
    unknown: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True)
class Target:
    """Somebody in an act. `state`: None if the account is gone; `skip`: None for whoever is acted on."""

    account_id: int
    username: str
    name: str
    state: AccountState | None
    phase: Phase
    skip: Skip | None
    place: str = ""


@dataclass(frozen=True)
class Listed:
    """Somebody in a file of an act."""

    name: str
    username: str
    address: str
    state: AccountState
    category: str
    service: str
    place: str
    academy: str
