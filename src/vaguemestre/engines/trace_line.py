"""Steps of a message through the engines, as their logs tell them."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    RECEIVED = "received"
    QUEUED = "queued"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    REFUSED = "refused"
    FILED = "filed"
    COPIED = "copied"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
    DISCARDED = "discarded"
    DELETED = "deleted"
    DONE = "done"


@dataclass(frozen=True)
class TraceLine:
    """One step of a message. `who`: the mailbox or address it is about; `detail`: the engine's words."""

    at: dt.datetime
    engine: str
    step: Step
    who: str
    detail: str
