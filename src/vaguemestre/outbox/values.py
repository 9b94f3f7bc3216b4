"""Nouns of an outgoing message. Frozen; nothing here knows Django or a wire."""

from dataclasses import dataclass, field
from datetime import datetime


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
    created_at: datetime
    submitted_at: datetime | None
    filed_at: datetime | None
