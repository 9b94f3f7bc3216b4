"""A message on its way out: what is written, what the outbox keeps of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypedDict

MAX_SENDERS = 20  # fields Sender and Resent-* of a message


@dataclass(frozen=True)
class Recipient:
    """A display name (may be empty) and a checked address, lower case."""

    name: str
    address: str


@dataclass(frozen=True)
class Attachment:
    """One attachment: file name, media type (`application/pdf`), bytes.

    With `content_id` (no angle brackets) it is an inline image of the text.
    """

    name: str
    kind: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Letter:
    """The contents of a message. `html` empty = plain text only; `text` empty = derived from `html`."""

    sender: Recipient
    to: tuple[Recipient, ...]
    cc: tuple[Recipient, ...]
    bcc: tuple[Recipient, ...]
    subject: str
    html: str
    text: str
    message_id: str  # with its angle brackets
    date: datetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = field(default=())
    reply_to: tuple[Recipient, ...] = ()
    importance: str = ""  # "high", "low" (RFC 2156), or nothing
    wants_receipt: bool = False  # read receipt requested (RFC 8098)
    is_private: bool = False  # as the message it answers or forwards (RFC 4021 §2.1.55)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Envelope recipients: each address once, in the order of the fields."""
        return tuple(dict.fromkeys(r.address for r in (*self.to, *self.cc, *self.bcc)))


class RoundTrip(NamedTuple):
    """A test message of the installation to itself: seconds until it arrived, and when it was sent."""

    seconds: float
    sent_at: datetime


class StoredReference(TypedDict, total=False):
    """A message of the mail store, as JSON columns hold it.

    `flag`: the keyword to set on it; `mailbox`: where it is, unless the sender's; `private`: marked so.
    """

    folder: str
    uid_validity: int
    uid: int
    flag: str
    mailbox: str
    private: bool


@dataclass(frozen=True)
class MessageToSend:
    """A finished message for the outbox.

    `key` is chosen by the composer: the same key is the same submission. `answered` is the original of a
    reply or a forward, `draft` the draft to delete afterwards.
    """

    account_id: int
    key: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    bcc: tuple[Recipient, ...]
    subject: str
    content: bytes
    due_at: datetime
    answered: StoredReference | None = None
    draft: StoredReference | None = None
    wants_report: bool = False  # delivery report requested (RFC 3461)


class OutboxState(StrEnum):
    """Where a message stands on its way out."""

    HELD = "held"
    QUEUED = "queued"
    SUBMITTED = "submitted"
    FILED = "filed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    STOPPED = "stopped"  # the account may be compromised: the help desk releases or discards the message


@dataclass(frozen=True)
class OutgoingMessage:
    """A message of the outbox, as its sender sees it."""

    id: int
    key: str
    state: OutboxState
    due_at: datetime
    recipients: tuple[str, ...]
    subject: str
    reason: str
    about: str  # the recipient named by the reason
    created_at: datetime
    submitted_at: datetime | None
    filed_at: datetime | None
    is_copy: bool  # of a mailing


@dataclass(frozen=True)
class SendingPreferences:
    """A person's sending preferences. `undo_seconds`: how long « Annuler l’envoi » is shown."""

    undo_seconds: int
    offers_quiet_hours: bool
