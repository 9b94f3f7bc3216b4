"""Figures, series, alarms and destinations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

type Readings = Mapping[str, float]  # series → value


class Resolution(StrEnum):
    FIVE_MINUTES = "5m"
    HOUR = "1h"
    DAY = "1d"


class Measure(NamedTuple):
    """A series over one stretch of time. A flow is its `total`; a level is `total / number`."""

    total: float
    number: int = 1
    peak: float = 0.0

    def plus(self, other: "Measure") -> "Measure":
        return Measure(self.total + other.total, self.number + other.number, max(self.peak, other.peak))

    @property
    def mean(self) -> float:
        return self.total / self.number if self.number else 0.0


class Raised(NamedTuple):
    """An alarm that holds. `name`: of its page « Que faire »; `subject`: the part, if one of several."""

    name: str
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class AlarmState:
    """An alarm with its time. `closed_at`: None while it holds."""

    name: str
    subject: str
    words: str
    opened_at: datetime
    closed_at: datetime | None = None

    @property
    def minutes(self) -> int:
        return round((self.closed_at - self.opened_at).total_seconds() / 60) if self.closed_at else 0


class DeliveryCounts(NamedTuple):
    """Deliveries to one destination by outcome, and how long those that succeeded took, in seconds."""

    delivered: int = 0
    deferred: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest: float = 0.0

    def plus(self, other: "DeliveryCounts") -> "DeliveryCounts":
        return DeliveryCounts(
            self.delivered + other.delivered,
            self.deferred + other.deferred,
            self.refused + other.refused,
            self.seconds + other.seconds,
            max(self.slowest, other.slowest),
        )

    @property
    def mean(self) -> float:
        return self.seconds / self.delivered if self.delivered else 0.0


class Destination(NamedTuple):
    """A destination with its sums; an empty `domain` is our mailboxes."""

    domain: str
    counts: DeliveryCounts


class ServiceLamp(NamedTuple):
    """The state of one part of the service, as `/sante/` says it."""

    name: str
    is_up: bool
    wants_somebody: bool
    words: str


class QueuedRecipient(NamedTuple):
    """A recipient whom a queued message has not reached. `words`: the answer to the last attempt, if any."""

    address: str
    words: str


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message in Postfix's queue. `queue`: incoming, active, deferred or hold; `size` in bytes."""

    queue_id: str
    queue: str
    arrived_at: datetime
    size: int
    sender: str
    recipients: tuple[QueuedRecipient, ...]

    @property
    def is_held(self) -> bool:
        return self.queue == "hold"

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.address.rpartition("@")[2].lower() for row in self.recipients))

    @property
    def words(self) -> str:
        """The first answer that somebody gave."""
        return next((row.words for row in self.recipients if row.words), "")


class QueueAct(StrEnum):
    """What is done with messages that wait."""

    HOLD = "hold"
    RELEASE = "release"
    RETRY = "retry"
    SEND_BACK = "send-back"


class WaitingDomain(NamedTuple):
    """What waits for one destination. `reason`: in French, of the oldest message."""

    domain: str
    messages: int
    oldest_at: datetime
    reason: str
    is_held: bool = False
