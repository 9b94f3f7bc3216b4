"""What is offered for submission, by any client, and what is decided of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


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
