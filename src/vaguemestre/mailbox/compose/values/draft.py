"""A message being written, its writer, its attachments."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.post.filelinks.values import Filelink
from vaguemestre.post.mailstore.values import MailLogin, MessageRef


class Mode(StrEnum):
    """What the composer was opened for."""

    NEW = "new"
    REPLY = "reply"
    REPLY_ALL = "reply-all"
    FORWARD = "forward"
    ENCLOSE = "enclose"  # forward as an attachment
    DRAFT = "draft"

    @property
    def is_forward(self) -> bool:
        return self in (Mode.FORWARD, Mode.ENCLOSE)


@dataclass(frozen=True)
class Writer:
    """Account that writes: name and primary address of its messages, and its mailbox.

    In a shared mailbox, `box_id` is the mailbox and `acting_id` the account of the person who acts.
    """

    account_id: int
    name: str
    address: str
    login: MailLogin
    box_id: int = 0
    acting_id: int = 0

    @property
    def actor(self) -> str:
        return account_subject(self.acting_id or self.account_id)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class StartRequest:
    """Request to open a composer. `ref`: message to answer, forward or edit; None for a new message."""

    mode: Mode
    ref: MessageRef | None = None
    to: str = ""


@dataclass(frozen=True)
class DraftFields:
    """Fields of the composer, as typed. `html` is the rich text; `text` is used when `is_plain`."""

    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    html: str = ""
    text: str = ""
    is_plain: bool = False
    identity: int = 0  # 0: name and primary address of the account
    importance: str = ""  # `high`, `low`
    wants_receipt: bool = False  # read receipt (RFC 8098)
    wants_report: bool = False  # delivery report (RFC 3461)
    keeps_quote: bool = True  # False once the quotation was unfolded: it is then part of `html`


@dataclass(frozen=True)
class ReplyDraft:
    """Initial content of a reply or forward. `quote` is clean HTML."""

    to: str
    cc: str
    subject: str
    quote: str
    in_reply_to: str
    references: tuple[str, ...]
    author: str = ""  # recipients of a reply to the author alone
    list_name: str = ""  # mailing list of the original


@dataclass(frozen=True)
class SaveResult:
    """`revision` counts the saves. `draft_trouble`: refusal code when the mailbox has no draft of it yet."""

    revision: int
    is_new: bool = True  # False: the same text was already saved
    draft_trouble: str = ""


@dataclass(frozen=True)
class ForkResult:
    """Key of the copied draft, and path of each attachment: former → new."""

    key: str
    paths: dict[str, str]


@dataclass(frozen=True)
class EnclosureInfo:
    """Attachment of a draft; `received` of `size` octets are uploaded."""

    id: int
    name: str
    kind: str
    size: int
    received: int
    is_picture: bool


@dataclass(frozen=True)
class FileLink:
    """Download link to a file, as the message shows it. `until`: the last day."""

    address: str
    name: str
    size: int
    until: date
    has_password: bool


@dataclass(frozen=True)
class SourceMessage:
    """Message of the mailbox to attach, itself or its files."""

    ref: MessageRef
    subject: str
    sender: str
    at: datetime
    has_files: bool


@dataclass(frozen=True)
class SourceFile:
    """File of a source message; `number` of its MIME part."""

    number: str
    name: str
    size: int


@dataclass(frozen=True)
class Draft:
    """Message being written, as the composer shows it."""

    key: str
    mode: Mode
    fields: DraftFields
    quote: str
    revision: int
    attempt: int  # number of the next sending
    is_sending: bool
    author: str = ""
    list_name: str = ""
    enclosures: tuple[EnclosureInfo, ...] = ()
    file_links: tuple[Filelink, ...] = ()
    updated_at: datetime | None = None
