"""Nouns of the reader: a message as its pane shows it, acts on messages, files looked at. All frozen."""

from dataclasses import dataclass
from enum import StrEnum

from vaguemestre.post.mailstore.values import MessageRef, OpenedMessage


@dataclass(frozen=True)
class OtherBox:
    """A mailbox of several people: what it is called, and where its pages are."""

    box_id: int
    title: str
    address: str
    where: str


@dataclass(frozen=True)
class Enclosure:
    """A file beside the text. `size` in octets once decoded, about."""

    number: str
    kind: str
    name: str
    size: int
    viewer: str  # rules.rendering.kinds.Viewer; empty: only to keep
    is_in_text: bool = False  # uuencoded


@dataclass(frozen=True)
class Body:
    """The text of a message, clean: `css` and `html` go into the frame as they are.

    `remote`: pictures the message names elsewhere; `used`: Content-IDs of pictures shown in the text.
    `is_too_complex`: shown as text, since cleaning its HTML would not end within its budget; `is_for_now`:
    the machine had no time for it, another try may draw it.
    """

    css: str
    html: str
    remote: int = 0
    used: frozenset[str] = frozenset()
    is_cut: bool = False
    unknown_charset: str = ""
    is_too_complex: bool = False
    is_for_now: bool = False
    files: tuple[Enclosure, ...] = ()  # uuencoded in the text


class CardKind(StrEnum):
    """Parts that mean something more than a file."""

    INVITATION = "invitation"
    DELIVERY = "delivery"
    RECEIPT = "receipt"
    VISITING = "visiting"  # a vCard
    TNEF = "tnef"
    SMIME = "smime"
    PGP = "pgp"
    SEALED = "sealed"  # encrypted: nobody here can read it


@dataclass(frozen=True)
class CardPlace:
    """A card to be shown above the text: what kind, about which part."""

    kind: CardKind
    number: str


@dataclass(frozen=True)
class Reading:
    """One message as the pane shows it. `has_plain`: plain text may be asked for instead of the HTML."""

    opened: OpenedMessage
    body: Body
    enclosures: tuple[Enclosure, ...]
    has_plain: bool
    is_too_much: bool
    cards: tuple[CardPlace, ...] = ()


class Act(StrEnum):
    """What can be done to messages of a list."""

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
    PUT_OFF = "put-off"
    PUT_BACK = "put-back"  # what was put off, where it was, before its time


TIMED = frozenset((Act.PUT_OFF, Act.PUT_BACK))  # asked elsewhere than other acts: they have a moment


@dataclass(frozen=True)
class Done:
    """What an act did. `moved`: where the messages are now; `is_final`: they are nowhere any more."""

    moved: tuple[MessageRef, ...] = ()
    folder: str = ""
    is_final: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture fetched from elsewhere: its bytes, and the kind they are."""

    content: bytes
    kind: str


class Conversion(StrEnum):
    """What is done to a file apart from everything: a picture or a document shown, a container opened."""

    HEIC = "heic"  # → JPEG
    TNEF = "tnef"  # → a message (RFC 5322)
    OFFICE = "office"  # → PDF


class Task(StrEnum):
    """What is read of somebody's bytes within a limit of processor time."""

    CLEAN = "clean"  # the HTML of a message
    ARCHIVE = "archive"  # the table of a zip or tar
    CALENDAR = "calendar"
    VCARDS = "vcards"
    SIGNATURE = "signature"  # S/MIME
