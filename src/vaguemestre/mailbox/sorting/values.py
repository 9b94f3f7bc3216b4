"""Nouns of sorting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import IntEnum, StrEnum

# Our scripts in a mailbox; every other name belongs to another program.
SCRIPT_NAME = "vaguemestre"
SPAM_SCRIPT = "vaguemestre-indesirables"  # included by 10-junk.sieve: senders never filed as junk
EXPERT_SCRIPT = "vaguemestre-expert"  # written by hand on our page
# Version of what `personal_script` and `absence_script` write: older scripts are rewritten.
SCRIPT_FORM = 1
OURS = frozenset({SCRIPT_NAME, SPAM_SCRIPT, EXPERT_SCRIPT})


class Place(IntEnum):
    """Kind of absence of an account; one absence of each kind.

    FIRST and SECOND are prepared by the owner, WEEKLY covers days off, DESK is set by the help desk, LEFT
    answers for somebody who left. Tried in this order: two active absences send one reply.
    """

    FIRST = 1
    SECOND = 2
    WEEKLY = 3
    DESK = 4
    LEFT = 5


@dataclass(frozen=True, slots=True)
class Absence:
    """Absence notification and its period. Days and hours are those of Paris; both ends are included.

    Without an hour the absence covers its first and last day entirely. An empty text sends no reply to
    correspondents of that kind. `days`: minimum number of days between two replies to one person.

    `weekdays` (ISO, 1 = Monday; none = every day): replies only on those days. `is_rich`: the texts are HTML.
    `only_known`: outside the académie, reply only to contacts. `replacement_id`: the person whose details end
    the internal text. `only_to`: reply only to messages sent to an address of that domain.
    """

    is_on: bool
    starts_on: date
    ends_on: date
    internal_text: str
    external_text: str
    subject: str = ""
    days: int = 7
    starts_at: time | None = None
    ends_at: time | None = None
    place: Place = Place.FIRST
    weekdays: tuple[int, ...] = ()
    is_rich: bool = False
    only_known: bool = False
    replacement_id: int | None = None
    only_to: str = ""


class AbsencePhase(StrEnum):
    OFF = "off"
    OVER = "over"
    CURRENT = "current"
    COMING = "coming"
    RESTING = "resting"  # a weekly absence on a working day


@dataclass(frozen=True, slots=True)
class Replacement:
    """Person to write to during the absence; `detail`: function and school."""

    person_id: int
    name: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """Ready-made pair of texts, for colleagues and for other correspondents."""

    key: str
    name: str
    internal_text: str
    external_text: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Owner of the sorted mailbox. `mailbox`: login in the engines; replies carry `name` and `address`.

    `addresses`: all their addresses; `internal_domains`: domains of colleagues who sign in to send;
    `proved_domains`: other administrations, counted as colleagues when DMARC passes. `contacts`: addresses of
    their address book, loaded only when an absence needs them. `gateway_addresses`: addresses that hide the
    owner's from families; an automatic reply would reveal it.
    """

    account_id: int
    mailbox: str
    name: str
    address: str
    addresses: tuple[str, ...]
    internal_domains: tuple[str, ...]
    proved_domains: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    gateway_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptStatus:
    """State of the script in Dovecot. `is_done`: the last settings are applied.

    `foreign_script`: name of another program's script that ours includes, "" for none.
    """

    is_done: bool
    foreign_script: str = ""


@dataclass(frozen=True, slots=True)
class ScriptList:
    """Names of the scripts of a mailbox, and the active one ("" = none)."""

    names: tuple[str, ...]
    active: str


class Disclosure(StrEnum):
    """Kind of personal information found in an external text."""

    PHONE = "phone"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class AbsenceStatus:
    """State of one absence of an account, as its page shows it."""

    absence: Absence | None
    place: Place
    phase: AbsencePhase
    script: ScriptStatus
    disclosures: tuple[Disclosure, ...]


@dataclass(frozen=True, slots=True)
class ReplyPreview:
    """Absence reply as its recipient will read it."""

    sender: str
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)


class Aspect(StrEnum):
    """Property of a message that a condition tests."""

    SENDER = "sender"  # name and address
    RECIPIENT = "recipient"
    SENDER_ADDRESS = "sender-address"
    RECIPIENT_ADDRESS = "recipient-address"
    SUBJECT = "subject"
    TEXT = "text"
    LIST = "list"
    SIZE = "size"  # over that many megabytes
    ATTACHMENT = "attachment"  # has one
    OUTSIDE = "outside"  # comes from outside the académie
    SINCE = "since"  # received that day or later
    UNTIL = "until"  # received that day or before


class Relation(StrEnum):
    """How a condition compares the property with its text."""

    CONTAINS = "contains"
    LACKS = "lacks"
    IS = "is"


@dataclass(frozen=True, slots=True)
class Condition:
    """One test on a message.

    `text`: words, megabytes (SIZE), an ISO day of Paris (SINCE, UNTIL), or "" (ATTACHMENT, OUTSIDE).
    """

    aspect: Aspect
    relation: Relation = Relation.CONTAINS
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Actions on a matching message. Folders by name ("" = none); a copy leaves the message where it is.

    `forward_to`: address that receives a copy. `discards`: move to the trash. `stops`: skip later filters.
    """

    move_to: str = ""
    copy_to: str = ""
    is_read: bool = False
    is_flagged: bool = False
    stops: bool = True
    label: str = ""
    forward_to: str = ""
    discards: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Filter of the owner's list: conditions and actions. `filter_id` 0: not stored yet."""

    name: str
    conditions: tuple[Condition, ...]
    outcome: Outcome
    matches_all: bool = True
    is_on: bool = True
    filter_id: int = 0


@dataclass(frozen=True, slots=True)
class ImportedScript:
    """Filters translated from another program's script, and the `rest` that stays a script.

    `absence_replies`: number of replies left to the page of absences. `skipped_rules`: number of disabled
    rules that no filter expresses.
    """

    filters: tuple[Filter, ...]
    rest: str = ""
    absence_replies: int = 0
    skipped_rules: int = 0


@dataclass(frozen=True, slots=True)
class SpamSettings:
    """Junk mail settings. `allowed` and `denied`: addresses, or `@domain` for a whole domain.

    `is_sorted`: file into Junk what the content filter calls spam.
    """

    is_sorted: bool = True
    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


@dataclass(frozen=True)
class SortingSettings:
    """All settings of an account that its Sieve scripts implement. `replacements`: by person id.

    `expert`: the script written by hand. `stays_here`: long leave, all redirects are suspended.
    """

    absences: tuple[Absence, ...] = ()
    filters: tuple[Filter, ...] = ()
    spam: SpamSettings = SpamSettings()
    expert: str = ""
    replacements: Mapping[int, Replacement] = field(default_factory=dict)
    stays_here: bool = False


@dataclass(frozen=True, slots=True)
class ScriptError:
    """Error of a hand-written script. `line` 0: the server named no line."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class StoredScript:
    """Script as stored in the mailbox."""

    name: str
    content: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class FolderChoice:
    """Folder offered as a target: its name in the engine, its `label` on pages."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class MessageSummary:
    """Properties of a received message that filters test. `text` and `list_id`: only of a message read whole.

    `return_path`: envelope sender, "" when unknown. `key`: id of the message in the mail store.
    """

    sender: str  # "Name <address>"
    sender_address: str
    recipients: str  # "Name <address>, …"
    recipient_addresses: tuple[str, ...]
    subject: str
    size: int
    has_attachment: bool
    received: datetime | None = None
    list_id: str = ""
    text: str = field(default="", repr=False)
    return_path: str = ""
    key: str = ""


class BackfillState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BackfillProgress:
    """Progress of a filter over the messages already received, in messages."""

    filter_name: str
    state: BackfillState
    examined: int
    total: int
    matched: int
