"""Values of a mail store: folders, messages, pages and views of a folder. Frozen; no protocol."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Use(StrEnum):
    """Special use of a folder (RFC 6154), INBOX included; OTHER for the person's own folders."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    ALL = "all"
    OTHER = "other"


# Folder of deleted messages, which no folder list shows; they stay there for some days.
DELETED_MESSAGES = "Supprimes/Messages"
# A folder at that level, or whose path is that long, has no folders in it: they are listed slowly.
MAX_FOLDER_LEVELS, MAX_FOLDER_PATH = 10, 120
QUARANTINE = "_quarantaine/Courriels"  # only deliveries and the mail service's own commands can name it


class Flag(StrEnum):
    """System flags and keywords that we show or set (RFC 9051 §2.3.2)."""

    SEEN = "\\Seen"
    ANSWERED = "\\Answered"
    FLAGGED = "\\Flagged"
    DELETED = "\\Deleted"
    DRAFT = "\\Draft"
    FORWARDED = "$Forwarded"
    MUTED = "$Muted"
    REMINDED = "$Reminded"  # returned from snooze
    SCHEDULED = "$Scheduled"  # a draft that leaves at an hour chosen
    UNANSWERED = "$Unanswered"  # a sent message that had no reply by its follow-up date


@dataclass(frozen=True)
class MailLogin:
    """Mailbox to open, on behalf of a browser session (empty for the worker)."""

    mailbox: str
    session_key: str = ""


@dataclass(frozen=True)
class MessageRef:
    """Reference of a message: folder name (Unicode), UIDVALIDITY, UID. Stable while the folder exists."""

    folder: str
    uid_validity: int
    uid: int


@dataclass(frozen=True)
class Folder:
    name: str
    use: Use
    total: int
    unread: int
    depth: int = 0
    selectable: bool = True
    subscribed: bool = True


@dataclass(frozen=True)
class Quota:
    """Storage used and allowed, in octets."""

    used: int
    limit: int


@dataclass(frozen=True)
class Correspondent:
    """A decoded name (may be empty, has no control characters) and an address as written."""

    name: str
    address: str


INVITATION = ("text/calendar", "")  # `Summary.attached`: a calendar among its text parts, no attachment


class Summary(NamedTuple):
    """What a row shows of a message, the same for ever for a UID. A tuple for speed: a list has fifty."""

    uid: int
    sender: Correspondent
    to: tuple[Correspondent, ...]
    subject: str
    date: datetime
    preview: str
    size: int
    has_attachment: bool
    message_id: str = ""
    attached: tuple[str, str] = ("", "")  # kind and name of the first attachment, or INVITATION
    in_reply_to: str = ""  # Message-ID of the original
    cc: tuple[Correspondent, ...] = ()  # only if To is empty
    bcc: tuple[Correspondent, ...] = ()  # only if To and Cc are empty
    is_too_complex: bool = False  # addresses and structure not parsed: only subject, date, size are set


class Order(StrEnum):
    """Sort key of a list."""

    DATE = "date"
    SENDER = "expediteur"
    SUBJECT = "objet"
    SIZE = "taille"
    RELEVANCE = "pertinence"  # searches only


class Only(StrEnum):
    """Filter of a list."""

    UNREAD = "non-lus"
    FLAGGED = "suivis"
    ATTACHED = "pieces"
    COLLEAGUES = "collegues"
    TO_ME = "a-moi-seul"


class Where(StrEnum):
    """Field of a search clause."""

    TEXT = "texte"
    FROM = "de"
    TO = "à"
    SUBJECT = "objet"
    BEFORE = "avant"
    SINCE = "après"
    LARGER = "plus-gros"
    SMALLER = "moins-gros"
    LABEL = "étiquette"
    ATTACHED = "pièce"
    READ = "lu"
    UNREAD = "non-lu"
    FLAGGED = "suivi"
    ANSWERED = "répondu"
    FOLDER = "dans"
    STATE = "est"
    WITH = "avec"
    SENSITIVITY = "sensibilité"  # its author marked the message private; no search of people says it


@dataclass(frozen=True)
class Clause:
    """A condition of a search, negated by `is_not`.

    `value`: words; a day (ISO), excluded by BEFORE and included by SINCE; a keyword for LABEL;
    a number of bytes for LARGER and SMALLER, which both exclude it.
    """

    where: Where
    value: str = ""
    is_not: bool = False


@dataclass(frozen=True)
class View:
    """Order, filters and search of a list of messages.

    `is_reversed`: oldest, Z or smallest first. `terms`: words or phrases (several words, matched as a whole);
    messages have all of them, in headers or text. `clauses`: further conditions, all of them met.
    `mine` (own addresses) and `domains` (the colleagues'), lower case, are for the filters TO_ME, COLLEAGUES.
    """

    order: Order = Order.DATE
    is_reversed: bool = False
    only: frozenset[Only] = frozenset()
    terms: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    is_grouped: bool = False
    mine: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    @property
    def phrases(self) -> tuple[str, ...]:
        """The terms of several words."""
        return tuple(term for term in self.terms if " " in term)

    @property
    def excluded_phrases(self) -> tuple[str, ...]:
        """Phrases that must occur neither in headers nor in text."""
        return tuple(
            clause.value
            for clause in self.clauses
            if clause.where is Where.TEXT and clause.is_not and " " in clause.value
        )

    @property
    def is_plain(self) -> bool:
        """Whether this is the default view: newest first, all messages, ungrouped."""
        return self.order is Order.DATE and not (
            self.is_reversed or self.only or self.terms or self.clauses or self.is_grouped
        )


@dataclass(frozen=True)
class Row:
    """One row of a list. `ref` names the real folder, also in a list over all folders.

    `others`: the rest of the conversation in a grouped list; `flags` are then those of the conversation.
    """

    summary: Summary
    flags: frozenset[str]
    ref: MessageRef
    others: tuple[MessageRef, ...] = ()


@dataclass(frozen=True)
class Page:
    """Rows newest first. `validator` (ASCII, no spaces) changes when anything in the folder changes.

    `total` and `unread` count the folder's messages; of a search, its results (`unread` is then 0).
    `unchecked`: candidates of a phrase search that were not read, for lack of time.
    """

    folder: str
    uid_validity: int
    total: int
    unread: int
    offset: int
    rows: tuple[Row, ...]
    validator: str
    unchecked: int = 0


EXAMINED = "$VirusExamined"  # keyword: the virus check was away when it arrived, and found nothing since
TEXT = "TEXT"  # in place of a part's number: the whole body, still encoded


@dataclass(frozen=True)
class Part:
    """A node of the MIME tree (from BODYSTRUCTURE). `number` is IMAP's (`1.2`); multiparts have children."""

    number: str
    kind: str  # "text/html", lower case
    charset: str = ""
    encoding: str = ""
    size: int = 0
    name: str = ""
    content_id: str = ""
    disposition: str = ""
    children: tuple["Part", ...] = ()
    flow: str = ""  # format=flowed (RFC 3676): "flowed", or "delsp" with DelSp=yes

    @property
    def octets(self) -> int:
        """About how many the decoded content has: a base64 line of 78 carries 57 (RFC 2045 §6.8)."""
        return self.size * 57 // 78 if self.encoding == "base64" else self.size


# Header fields fetched besides the envelope.
FIELDS = (
    "from",
    "authentication-results",
    "vaguemestre-arrival",
    "vaguemestre-unexamined",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "disposition-notification-to",
    "auto-submitted",
)


@dataclass(frozen=True)
class OpenedMessage:
    """Header fields, flags and structure of one message; bodies are fetched by part."""

    ref: MessageRef
    flags: frozenset[str]
    received: datetime
    size: int
    subject: str
    date: datetime | None
    sender: tuple[Correspondent, ...]
    reply_to: tuple[Correspondent, ...]
    to: tuple[Correspondent, ...]
    cc: tuple[Correspondent, ...]
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    root: Part
    bcc: tuple[Correspondent, ...] = field(default=())
    is_too_complex: bool = False  # its addresses or its structure were not parsed whole
    fields: tuple[tuple[str, str], ...] = ()  # of `FIELDS`: (lower-case name, unfolded value), in order

    def field(self, name: str) -> str:
        """Value of the first field of that lower-case name; empty without one."""
        return next((value for key, value in self.fields if key == name), "")
