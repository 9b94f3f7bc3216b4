"""Nouns of a message being written. All frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from vaguemestre.post.filelinks.values import Deposited
from vaguemestre.post.mailstore.values import MailLogin, MessageRef
from vaguemestre.schools.rosters.values import Caution


class Mode(StrEnum):
    NEW = "new"
    REPLY = "reply"
    REPLY_ALL = "reply-all"
    FORWARD = "forward"
    ENCLOSE = "enclose"  # a forward whose attachment is the message itself
    DRAFT = "draft"

    @property
    def is_forward(self) -> bool:
        return self in (Mode.FORWARD, Mode.ENCLOSE)


@dataclass(frozen=True)
class Writer:
    """Who writes: the account, the name and primary address their messages carry, and their mailbox."""

    account_id: int
    name: str
    address: str
    login: MailLogin
    box_id: int = 0  # a mailbox of several people, and the account of whoever writes
    hand: int = 0

    @property
    def actor(self) -> str:
        return f"account:{self.hand or self.account_id}"

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Opening:
    """What to start from. `ref` is the message answered, forwarded or taken up again; None for a new one."""

    mode: Mode
    ref: MessageRef | None = None
    to: str = ""


@dataclass(frozen=True)
class Written:
    """What the person typed, as typed. `html` is the rich text; `text` counts when `is_plain`."""

    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    html: str = ""
    text: str = ""
    is_plain: bool = False
    identity: int = 0  # 0: the name and the primary address of the account
    importance: str = ""  # `high`, `low`
    wants_receipt: bool = False  # to be told that it was read
    wants_report: bool = False  # to be told that it was delivered
    keeps_quote: bool = True  # the quotation stays folded under the text; once unfolded it is part of `html`


@dataclass(frozen=True)
class Answer:
    """What an answer or a forward starts with. `quote` is clean HTML."""

    to: str
    cc: str
    subject: str
    quote: str
    in_reply_to: str
    references: tuple[str, ...]
    author: str = ""  # whom an answer to the author alone goes to
    list_name: str = ""  # the list the original came through


@dataclass(frozen=True)
class Saved:
    """`revision` counts the saves; `draft_trouble` (a code) says why the mailbox has no draft of it yet."""

    revision: int
    is_new: bool = True  # False: that very text was kept already
    draft_trouble: str = ""


@dataclass(frozen=True)
class Forked:
    """The second of two messages that were one: its key; address of each attachment before → now."""

    key: str
    paths: dict[str, str]


@dataclass(frozen=True)
class EnclosureShown:
    """An attachment of a message being written. `received` of `size` octets are there."""

    id: int
    name: str
    kind: str
    size: int
    received: int
    is_picture: bool


@dataclass(frozen=True)
class Link:
    """A file the message carries a link to, as its text says it. `until`: the last day."""

    address: str
    name: str
    size: int
    until: date
    has_password: bool


@dataclass(frozen=True)
class Source:
    """A message one may take an attachment from: itself, or its files."""

    ref: MessageRef
    subject: str
    sender: str
    at: datetime
    has_files: bool


@dataclass(frozen=True)
class SourceFile:
    """A file of such a message, by its part's number."""

    number: str
    name: str
    size: int


@dataclass(frozen=True)
class Writing:
    """A message being written, as the composer shows it."""

    key: str
    mode: Mode
    written: Written
    quote: str
    revision: int
    attempt: int  # number of the next sending
    is_sending: bool
    author: str = ""
    list_name: str = ""
    enclosures: tuple[EnclosureShown, ...] = ()
    deposits: tuple[Deposited, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True)
class Met:
    """Somebody written to; `detail`: their place.

    `kind`: `inside` or `outside` the académie, `class`, or `unknown`: nobody receives there.
    """

    address: str
    kind: str
    name: str = ""
    detail: str = ""
    has_homonyms: bool = False
    absent_until: date | None = None
    gathering: "Gathering | None" = None


@dataclass(frozen=True)
class Gathering:
    """An address that many receive at. `count` None: not for this writer to know; `sample`: (name, why).

    `waits`: what they write there waits for somebody's word.
    """

    address: str
    name: str
    count: int | None = None
    sample: tuple[tuple[str, str], ...] = ()
    waits: bool = False


@dataclass(frozen=True)
class Suggestion:
    """Somebody to write to: `detail` tells homonyms apart (function and school, or the address book).

    A group has `members`, (name, address) each, and no address.
    """

    name: str
    address: str
    detail: str
    members: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class IdentityShown:
    """`signed_with`: nothing, `academy` (its template) or `own` (`signature`, clean HTML with variables)."""

    id: int
    address: str
    name: str
    reply_to: str
    signed_with: str
    signature: str
    is_default: bool


@dataclass(frozen=True)
class IdentityGiven:
    """What the page of an identity says, as typed."""

    address: str
    name: str
    reply_to: str = ""
    signed_with: str = ""
    signature: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class SignatureFacts:
    """What the variables of a signature stand for; empty when there is nothing to say."""

    name: str = ""
    function: str = ""
    school: str = ""
    academy: str = ""
    surname: str = ""


@dataclass(frozen=True)
class Sender:
    """One line of « De »; `signature` is ready to stand under the text."""

    id: int
    name: str
    address: str
    signature: str


@dataclass(frozen=True)
class StockTextShown:
    """A text kept ready. `school`: whom it is shared with; 0 and "" when it is not."""

    id: int
    title: str
    subject: str
    html: str
    is_own: bool
    structure_id: int
    school: str


@dataclass(frozen=True)
class StockTextGiven:
    title: str
    subject: str
    html: str
    structure_id: int = 0


@dataclass(frozen=True)
class Copy:
    """One copy of a mailing. `number`: its line in the file; `values`: column (plain name) → cell."""

    number: int
    name: str
    address: str
    values: dict[str, str]


@dataclass(frozen=True)
class Wrong:
    """A line that cannot leave. `reason`: `address-missing`, `address-wrong`, `twice`, `empty:COLUMN`."""

    number: int
    typed: str
    reason: str


@dataclass(frozen=True)
class Preview:
    """A copy as its recipient will read it."""

    name: str
    address: str
    subject: str
    html: str


@dataclass(frozen=True)
class MailingShown:
    """How far a mailing is. `state`: `ready`, `running`, `stopped`, `done`."""

    id: int
    state: str
    total: int
    queued: int
    sent: int
    refused: int
    wrong: tuple[Wrong, ...]
    previews: tuple[Preview, ...]
    source: str  # name of the file, or nothing: the recipients of the message
    audiences: tuple[str, ...] = ()  # the classes it goes to
    sender: str = ""  # the address it leaves from when it is not the identity's
    cautions: tuple[Caution, ...] = ()
    due_at: datetime | None = None  # when it leaves, or left
    is_to_come: bool = False

    @property
    def waiting(self) -> int:
        return self.total - self.queued
