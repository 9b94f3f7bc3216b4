"""What became of a message, recipient by recipient."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class DeliveryState(StrEnum):
    """Delivery state of one recipient, in the order things happen."""

    ACCEPTED = "accepted"  # on our queue's disk
    DELAYED = "delayed"
    DELIVERED = "delivered"
    REFUSED = "refused"
    READ = "read"


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


class HoldState(StrEnum):
    """Whether Postfix's queue was told to keep a message, and what was decided since."""

    NONE = ""
    HELD = "held"
    RELEASED = "released"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class SubmittedMessage:
    """A message accepted for submission, as its sender tracks it."""

    id: int
    message_id: str
    subject: str
    sender: str
    at: datetime
    hold: HoldState
    hold_code: str
    statuses: tuple[DeliveryStatus, ...]
