"""Nouns of a mail store: folders, messages, pages of a folder, how it is looked at. Frozen; no wire."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Use(StrEnum):
    """What a folder is for (RFC 6154), INBOX included; OTHER for the person's own folders."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    ALL = "all"
    OTHER = "other"


class Flag(StrEnum):
    """The system flags of RFC 9051 §2.3.2 that we show or set, plus $Forwarded."""

    SEEN = "\\Seen"
    ANSWERED = "\\Answered"
    FLAGGED = "\\Flagged"
    DELETED = "\\Deleted"
    DRAFT = "\\Draft"
    FORWARDED = "$Forwarded"
    MUTED = "$Muted"
    REMINDED = "$Reminded"  # put off, and back
    UNANSWERED = "$Unanswered"  # sent, and nobody answered in the time said


@dataclass(frozen=True)
class MailLogin:
    """Whose mailbox, opened on behalf of which browser session (empty for the worker)."""

    mailbox: str
    session_key: str = ""


@dataclass(frozen=True)
class MessageRef:
    """A message for as long as its folder lives: folder name (Unicode), UIDVALIDITY, UID."""

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
    """Room taken and room given, in octets."""

    used: int
    limit: int


@dataclass(frozen=True)
class Correspondent:
    """A decoded name (may be empty, never holds control characters) and an address as written."""

    name: str
    address: str


INVITATION = ("text/calendar", "")
"""What a summary without attachment says of a message that invites: a calendar stands among its texts."""


class Summary(NamedTuple):
    """What a list row shows and never changes for a UID (so it may be kept for ever).

    A tuple, because fifty are made for each list.
    """

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
    in_reply_to: str = ""  # the Message-ID it answers
    cc: tuple[Correspondent, ...] = ()  # told where nobody stands in To
    bcc: tuple[Correspondent, ...] = ()  # where nobody stands in Cc either
    is_too_complex: bool = (
        False  # its addresses or its structure cannot be read: only subject, date, size are
    )


class Order(StrEnum):
    """What a list is sorted by."""

    DATE = "date"
    SENDER = "expediteur"
    SUBJECT = "objet"
    SIZE = "taille"
    RELEVANCE = "pertinence"  # of a search alone


class Only(StrEnum):
    """What a list may be narrowed to."""

    UNREAD = "non-lus"
    FLAGGED = "suivis"
    ATTACHED = "pieces"
    COLLEAGUES = "collegues"
    TO_ME = "a-moi-seul"


class Where(StrEnum):
    """What a clause of a search is about."""

    TEXT = "texte"
    FROM = "de"
    TO = "à"
    SUBJECT = "objet"
    BEFORE = "avant"
    SINCE = "après"
    LABEL = "étiquette"
    ATTACHED = "pièce"
    READ = "lu"
    UNREAD = "non-lu"
    FLAGGED = "suivi"
    ANSWERED = "répondu"
    FOLDER = "dans"
    STATE = "est"
    WITH = "avec"


@dataclass(frozen=True)
class Clause:
    """One thing a search asks for, or will have none of.

    `value`: words; a day (ISO) for BEFORE, which leaves it out, and SINCE, which has it; a keyword for LABEL.
    """

    where: Where
    value: str = ""
    is_not: bool = False


@dataclass(frozen=True)
class View:
    """How a folder is looked at.

    `is_reversed`: oldest, Z or smallest first. `terms`: a word or a phrase each, all held by headers or text;
    `clauses`: what else all of them must be.
    A phrase (several words, a blank between) is meant as it stands.
    `mine` (own addresses) and `domains` (the colleagues'), lower case, are for the `only` that need them.
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
        """Those among the terms that are several words."""
        return tuple(term for term in self.terms if " " in term)

    @property
    def shunned(self) -> tuple[str, ...]:
        """Phrases that no headers and no text may hold."""
        return tuple(
            one.value for one in self.clauses if one.where is Where.TEXT and one.is_not and " " in one.value
        )

    @property
    def is_plain(self) -> bool:
        return self.order is Order.DATE and not (
            self.is_reversed or self.only or self.terms or self.clauses or self.is_grouped
        )


@dataclass(frozen=True)
class Row:
    """One line of a list. `ref` names the real folder, also when the list runs over all folders.

    `others`: the rest of its conversation, when the list is grouped; `flags` then speak for all of them.
    """

    summary: Summary
    flags: frozenset[str]
    ref: MessageRef
    others: tuple[MessageRef, ...] = ()


@dataclass(frozen=True)
class Page:
    """Rows newest first. `validator` (ASCII, no spaces) changes when anything in the folder changes.

    `total` and `unread` count the folder's messages; after a search, the messages found (`unread` is then 0).
    `unchecked`: messages with all the words of a phrase, not read to see whether they follow one another.
    """

    folder: str
    uid_validity: int
    total: int
    unread: int
    offset: int
    rows: tuple[Row, ...]
    validator: str
    unchecked: int = 0


TEXT = "TEXT"  # in place of a part's number: all that stands after the header, as it travelled


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
    flow: str = ""  # of a text that flows (RFC 3676): "flowed", "delsp" when its breaks hide no space


# What is read of a message's header besides its envelope: who vouches for it, how to leave its list, whether
# its author asks to know that it was read.
FIELDS = (
    "from",
    "authentication-results",
    "vaguemestre-arrival",
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
    is_too_complex: bool = False  # its addresses or its structure cannot be read whole
    fields: tuple[tuple[str, str], ...] = ()  # of `FIELDS`: (lower-case name, unfolded value), as they stand

    def field(self, name: str) -> str:
        """The first field of that lower-case name; empty without one."""
        return next((value for known, value in self.fields if known == name), "")
