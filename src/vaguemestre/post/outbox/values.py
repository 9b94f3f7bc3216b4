"""Nouns of an outgoing message. Frozen; nothing here knows Django or a wire."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Recipient:
    """A display name (may be empty) and a checked address, lower case."""

    name: str
    address: str


@dataclass(frozen=True)
class Enclosed:
    """One attachment: its name as shown, its type (`application/pdf`), its bytes.

    With `content_id` (no angle brackets) it is a picture inside the text rather than a file beside it.
    """

    name: str
    kind: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Letter:
    """Everything a message is made of. `html` empty = plain text only; `text` empty = derived from `html`."""

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
    enclosed: tuple[Enclosed, ...] = field(default=())
    reply_to: tuple[Recipient, ...] = ()
    importance: str = ""  # "high", "low" (RFC 2156), or nothing
    wants_receipt: bool = False  # asks to be told that it was read (RFC 8098)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Each address once, in the order of the fields: the envelope."""
        return tuple(dict.fromkeys(r.address for r in (*self.to, *self.cc, *self.bcc)))


@dataclass(frozen=True)
class Parcel:
    """A finished message handed to the outbox.

    `key` is made by the composer: the same key is the same sending. `answered` and `draft` are folder,
    uid_validity, uid (and flag for the first), or None.
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
    answered: dict[str, object] | None = None
    draft: dict[str, object] | None = None
    wants_report: bool = False  # asks to be told that it was delivered (RFC 3461)


@dataclass(frozen=True)
class Outgoing:
    """What a person sees of one of their messages on its way."""

    id: int
    key: str
    state: str  # OutgoingRow.State
    due_at: datetime
    recipients: tuple[str, ...]
    subject: str
    reason: str
    about: str  # the address the reason is about
    created_at: datetime
    submitted_at: datetime | None
    filed_at: datetime | None


class Mark(StrEnum):
    """What is known of one recipient, in the order things happen."""

    ACCEPTED = "accepted"  # on our queue's disk
    DELAYED = "delayed"
    DELIVERED = "delivered"
    REFUSED = "refused"
    READ = "read"


class Origin(StrEnum):
    """How a message came to a door where our people send."""

    SUBMITTED = ""  # by somebody who signed in
    REPLIED = "reply"  # an absence that answers
    REDIRECTED = "redirect"  # a filter, or a script, that sends on


@dataclass(frozen=True)
class Posting:
    """One message at the submission door, whatever program it comes from.

    `authors` holds the From fields, `senders` the Sender and Resent-* ones, as written.
    """

    queue_id: str
    mailbox: str  # who signed in, or whose script it is
    sender: str
    recipients: tuple[str, ...]
    network: str
    message_id: str = ""
    subject: str = ""
    authors: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    answers: str = ""  # In-Reply-To
    between: tuple[float, float] = (
        0.0,
        0.0,
    )  # Unix times: connected, sender named; signed in meanwhile
    origin: Origin = Origin.SUBMITTED
    by_token: bool = False  # signed in with a token, not with a password


class Answer(StrEnum):
    TAKE = "take"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Verdict:
    """What the door does with a message. `code` says why; `until` when the same would be taken again."""

    answer: Answer
    code: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """One line of the log about one recipient of a message that is on its way."""

    queue_id: str
    recipient: str
    mark: Mark
    status: str  # RFC 3463: 5.1.1
    words: str  # of the server that answered
    at: datetime


@dataclass(frozen=True)
class LogPlace:
    """How far a log was read: which file (its inode), how many octets."""

    inode: int = 0
    offset: int = 0


@dataclass(frozen=True)
class Report:
    """What a delivery report or a read receipt says of one recipient (RFC 3464, RFC 8098)."""

    message_id: str
    recipient: str
    mark: Mark
    status: str = ""
    words: str = ""


@dataclass(frozen=True)
class ReportPlace:
    """How far an inbox was searched for reports."""

    uid_validity: int = 0
    uid: int = 0


@dataclass(frozen=True)
class Fate:
    """What became of a message for one recipient. `reason`: a refusal's code; `words`: the other server's."""

    recipient: str
    mark: Mark
    at: datetime
    reason: str = ""
    words: str = ""


@dataclass(frozen=True)
class Passage:
    """A message that went through the submission door, as its sender follows it."""

    id: int
    message_id: str
    subject: str
    sender: str
    at: datetime
    hold: str  # "", held, released, discarded
    hold_code: str
    fates: tuple[Fate, ...]


@dataclass(frozen=True)
class Held:
    """One account's held mail, as the desk sees it."""

    account_id: int
    username: str
    code: str
    messages: int
    recipients: int
    since: datetime


@dataclass(frozen=True)
class Sending:
    """What a person chose about sending. `undo_seconds`: how long « Annuler l’envoi » is shown."""

    undo_seconds: int
    offers_quiet_hours: bool
