"""Values of the webmail: a rendered message, actions on messages, file conversions. All frozen."""

from dataclasses import dataclass
from enum import StrEnum

from vaguemestre.post.mailstore.values import MailLogin, MessageRef, OpenedMessage


@dataclass(frozen=True)
class SharedMailbox:
    """A shared or delegated mailbox. `url`: its webmail, as a path."""

    box_id: int
    title: str
    address: str
    url: str


@dataclass(frozen=True)
class OpenableBox:
    """A mailbox of the merged list, and how the person opens it. One's own has the number 0."""

    box: SharedMailbox
    login: MailLogin


@dataclass(frozen=True)
class Attachment:
    """A file attached to a message. `size`: approximate octets once decoded."""

    number: str
    kind: str
    name: str
    size: int
    viewer: str  # rules.rendering.kinds.Viewer; empty: download only
    is_in_text: bool = False  # uuencoded in a text part


@dataclass(frozen=True)
class Body:
    """Sanitized text of a message: `css` and `html` are served in the frame unchanged.

    `remote`: number of remote pictures; `used`: Content-IDs of the inline pictures shown.
    `is_too_complex`: shown as plain text because sanitizing exceeded its budget; `is_for_now`: because the
    machine was busy, so a retry may succeed.
    """

    css: str
    html: str
    remote: int = 0
    used: frozenset[str] = frozenset()
    is_cut: bool = False
    unknown_charset: str = ""
    is_too_complex: bool = False
    is_for_now: bool = False
    files: tuple[Attachment, ...] = ()  # uuencoded in the text


class CardKind(StrEnum):
    """Kinds of parts that are explained in a card above the text."""

    INVITATION = "invitation"
    DELIVERY = "delivery"
    RECEIPT = "receipt"
    CONTACT = "visiting"  # vCard
    TNEF = "tnef"
    SMIME = "smime"
    PGP = "pgp"
    ENCRYPTED = "sealed"  # PGP: unreadable here


@dataclass(frozen=True)
class CardPlace:
    """A card to show above the text, and the part it explains."""

    kind: CardKind
    number: str


@dataclass(frozen=True)
class RenderedMessage:
    """A message ready for the reading pane. `has_plain`: the HTML shown has a plain-text alternative."""

    opened: OpenedMessage
    body: Body
    attachments: tuple[Attachment, ...]
    has_plain: bool
    is_too_much: bool
    cards: tuple[CardPlace, ...] = ()


class Action(StrEnum):
    """Actions on the messages of a list."""

    ARCHIVE = "archive"
    DELETE = "delete"
    JUNK = "junk"
    NOT_JUNK = "not-junk"
    MOVE = "move"
    READ = "read"
    UNREAD = "unread"
    FLAG = "flag"
    UNFLAG = "unflag"
    MUTE = "mute"
    UNMUTE = "unmute"
    LABEL = "label"
    UNLABEL = "unlabel"
    SNOOZE = "put-off"
    UNSNOOZE = "put-back"  # bring snoozed messages back early


SNOOZE_ACTIONS = frozenset((Action.SNOOZE, Action.UNSNOOZE))  # they take a date: views of their own


class BulkState(StrEnum):
    """Progress of a bulk action, as stored."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


class ReminderKind(StrEnum):
    """What a reminder is for, as stored."""

    SNOOZE = "put-off"
    ANSWER = "answer"


@dataclass(frozen=True)
class ActionResult:
    """Result of an action. `moved`: the messages' new references; `is_final`: deleted for good."""

    moved: tuple[MessageRef, ...] = ()
    folder: str = ""
    is_final: bool = False


@dataclass(frozen=True)
class Picture:
    """A remote picture. `kind`: its media type, from its bytes."""

    content: bytes
    kind: str


class Conversion(StrEnum):
    """Conversions run in the sandbox."""

    HEIC = "heic"  # → JPEG
    TNEF = "tnef"  # → a message (RFC 5322)
    OFFICE = "office"  # → PDF


class Task(StrEnum):
    """Parsing of untrusted bytes within a limit of processor time."""

    CLEAN = "clean"  # the HTML of a message
    ARCHIVE = "archive"  # the table of a zip or tar
    CALENDAR = "calendar"
    VCARDS = "vcards"
    SIGNATURE = "signature"  # S/MIME
