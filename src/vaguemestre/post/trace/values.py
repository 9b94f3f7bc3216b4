"""Steps of a message through the engines, as their logs tell them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Engine(StrEnum):
    POSTFIX = "postfix"
    DOVECOT = "dovecot"


class StepKind(StrEnum):
    """What happened to a message or to one of its recipients, in the order of a delivery."""

    REJECTED = "rejected"  # at the door, for now (4xx) or for good (5xx)
    RECEIVED = "received"  # a client began a message
    IDENTIFIED = "identified"  # its Message-ID was read; it may still be cut short
    ABANDONED = "abandoned"  # its client went away before the end of it, or it was refused
    HELD = "held"  # for the help desk's decision
    QUEUED = "queued"  # whole, on the queue's disk
    DEFERRED = "deferred"
    FILED = "filed"
    COPIED = "copied"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
    DISCARDED = "discarded"
    DELIVERED = "delivered"
    REFUSED = "refused"
    DONE = "done"  # the queue has forgotten it
    DELETED = "deleted"
    SCRIPTED = "scripted"  # of no message: a program stored or activated a Sieve script of that mailbox


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `at`: UTC, whole seconds; empty where the log line does not say.

    `recipient`: the address it was sent to, or the mailbox (Dovecot); `relay`: the server asked, or the door
    of ours it came through; `status`: enhanced status code (RFC 3463); `detail`: the engine's words.
    """

    at: datetime
    engine: Engine
    kind: StepKind
    queue_id: str = ""
    message_id: str = ""  # with its angle brackets
    sender: str = ""
    recipient: str = ""
    relay: str = ""
    status: str = ""
    detail: str = ""


class Place(StrEnum):
    """Where a message was delivered or refused."""

    DOOR = "door"  # while a client submitted it, or a server handed it over
    HERE = "here"  # our mail store, or the queue itself
    FILTER = "filter"  # a person's own filter
    OUTSIDE = "outside"  # a server of somebody else


class CountedAs(NamedTuple):
    """What a step is counted as. `reason`: a word of ours, empty for a delivery."""

    kind: StepKind
    place: Place
    reason: str


class NumberedStep(NamedTuple):
    """A stored step. Numbers are in the order of commits: who has seen one has seen all before it."""

    number: int
    step: Step


class LogPosition(NamedTuple):
    """How far a log was read: `head`, the digest of the first line of the file, and bytes of that file.

    A file is known by its first line, so that renaming, copying or compressing it changes nothing.
    """

    head: str = ""
    offset: int = 0


class LogPiece(NamedTuple):
    """What a log has gained. `reached_end`: nothing more was written when it was read."""

    steps: Sequence[Step]
    end: LogPosition
    reached_end: bool


class Fate(StrEnum):
    """What became of a message for one recipient."""

    ON_ITS_WAY = "on-its-way"
    WAITING = "waiting"
    HELD = "held"
    DELIVERED = "delivered"
    DISCARDED = "discarded"
    REFUSED = "refused"
    REJECTED = "rejected"  # at our door: we never had it


@dataclass(frozen=True, slots=True)
class MessageSearch:
    """What is looked for. `addresses`: lower case, whose mail; `other`: an address or a domain they wrote to
    or had mail from; `fate`: of one recipient at least. `until` is left out."""

    addresses: frozenset[str]
    since: datetime
    until: datetime
    other: str = ""
    fate: Fate | None = None


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message with the fate of each recipient. `key`: its queue identifier, or its Message-ID."""

    key: str
    at: datetime
    sender: str
    fates: Mapping[str, Fate]
