"""Values about outgoing messages. Frozen; no Django, no protocol."""

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


@dataclass(frozen=True)
class OutgoingMessage:
    """A message of the outbox, as its sender sees it."""

    id: int
    key: str
    state: str  # OutboxMessage.State
    due_at: datetime
    recipients: tuple[str, ...]
    subject: str
    reason: str
    about: str  # the recipient named by the reason
    created_at: datetime
    submitted_at: datetime | None
    filed_at: datetime | None
    is_copy: bool  # of a mailing


class OutboxState(StrEnum):
    """Where a message stands on its way out."""

    HELD = "held"
    QUEUED = "queued"
    SUBMITTED = "submitted"
    FILED = "filed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    STOPPED = "stopped"  # the account may be compromised: the help desk releases or discards the message


class DeliveryState(StrEnum):
    """Delivery state of one recipient, in the order things happen."""

    ACCEPTED = "accepted"  # on our queue's disk
    DELAYED = "delayed"
    DELIVERED = "delivered"
    REFUSED = "refused"
    READ = "read"


class Acceptance(StrEnum):
    """Whether an interrupted submission was accepted: whole on the queue's disk, now or once."""

    YES = "yes"
    NO = "no"  # and it cannot be accepted any more
    UNKNOWN = "unknown"  # ask again later
    UNTOLD = "untold"  # nothing will ever say it: the log was silent


class Origin(StrEnum):
    """How a message reached submission."""

    SUBMITTED = ""  # by an authenticated user
    REPLIED = "reply"  # a vacation reply
    REDIRECTED = "redirect"  # a Sieve redirect


class SignInTimes(NamedTuple):
    """Unix times of a connection: opened, and sender named. The client signed in between the two."""

    connected: float = 0.0
    sender_named: float = 0.0


_NO_TIMES = SignInTimes()


@dataclass(frozen=True)
class SubmissionRequest:
    """One message offered for submission, by any client.

    `authors` holds the From fields, `senders` the Sender and Resent-* ones, as written.
    """

    queue_id: str
    mailbox: str  # of the authenticated user, or of the script's owner
    sender: str
    recipients: tuple[str, ...]
    network: str
    message_id: str = ""
    subject: str = ""
    authors: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    in_reply_to: str = ""
    signed_in_between: SignInTimes = _NO_TIMES
    origin: Origin = Origin.SUBMITTED
    by_token: bool = False  # authenticated by a token rather than a password
    size: int = 0  # octets, of fields and body
    return_path: str = ""  # `sender` as written: its local part may tell cases apart (RFC 5321 §2.4)


class Decision(StrEnum):
    TAKE = "take"
    HOLD = "hold"
    REFUSE = "refuse"


class SignerName(NamedTuple):
    """Name of an account in the directory: a person's, or the title of a shared mailbox."""

    shown: str
    accepted: tuple[str, ...]  # what one of its display names must hold: a person's surnames or the title


class FieldCorrection(NamedTuple):
    """A From, Sender or Resent-* field as its author wrote it, and as it leaves (folded)."""

    written: str
    corrected: str


@dataclass(frozen=True)
class Verdict:
    """Decision on a submission. `code` is its reason; `until` when the same message would be accepted.

    `corrections`: the fields that leave under the directory's name instead of theirs.
    `is_judged`: False if it was accepted without examination, so that its author is not vouched for.
    `return_path`: the envelope sender it continues with, if another. `limit_mb`: the size passed, in MB.
    """

    decision: Decision
    code: str = ""
    until: datetime | None = None
    corrections: tuple[FieldCorrection, ...] = ()
    is_judged: bool = True
    return_path: str = ""
    limit_mb: int = 0


@dataclass(frozen=True)
class DeliveryEvent:
    """One line of the mail log about one recipient of a queued message."""

    queue_id: str
    recipient: str
    state: DeliveryState
    status: str  # enhanced status code (RFC 3463): 5.1.1
    diagnostic: str  # reply of the other server
    at: datetime


@dataclass(frozen=True)
class ReportPosition:
    """How far an inbox was searched for reports."""

    uid_validity: int = 0
    uid: int = 0


@dataclass(frozen=True)
class DeliveryStatus:
    """Delivery status of one recipient. `reason`: a refusal code; `diagnostic`: the other server's reply."""

    recipient: str
    state: DeliveryState
    at: datetime
    reason: str = ""
    diagnostic: str = ""


class FailedDelivery(NamedTuple):
    """A delivery that failed or is delayed, as the log or a report gave it."""

    at: datetime
    recipient: str
    status: str
    diagnostic: str


@dataclass(frozen=True)
class SubmittedMessage:
    """A message accepted for submission, as its sender tracks it."""

    id: int
    message_id: str
    subject: str
    sender: str
    at: datetime
    hold: str  # Submission.Hold
    hold_code: str
    statuses: tuple[DeliveryStatus, ...]


@dataclass(frozen=True)
class HeldMail:
    """One account's held mail, as the help desk sees it."""

    account_id: int
    username: str
    code: str
    messages: int
    recipients: int
    since: datetime


@dataclass(frozen=True)
class StoppedMail:
    """How much mail about to leave was stopped when the account was made safe."""

    account_id: int
    username: str
    messages: int


@dataclass(frozen=True)
class SendingPreferences:
    """A person's sending preferences. `undo_seconds`: how long « Annuler l’envoi » is shown."""

    undo_seconds: int
    offers_quiet_hours: bool
