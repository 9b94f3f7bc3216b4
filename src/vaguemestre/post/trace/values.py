"""Values of the trace: steps of messages as the engines log them, positions in logs, search criteria."""

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
    JUDGED = "judged"  # the filter said what it thinks of it, and its marks
    QUEUED = "queued"  # whole, on the queue's disk
    DEFERRED = "deferred"
    UNEXAMINED = "unexamined"  # about to be delivered, marked: the virus check, or the filter, was away
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


class Verdict(StrEnum):
    """What the filter thought of a message. In the order of their marks: new ones go at the end."""

    JUNK = "junk"
    VIRUS = "virus"
    MACRO = "macro"
    FRAUD = "fraud"  # a link of the security desk's list
    REFUSED = "refused"
    PUT_OFF = "put-off"  # too much at once: its sender tries again
    UNEXAMINED = "unexamined"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a message. Texts are empty where the log line has no value.

    `at`: UTC, whole seconds. `recipient`: an address, or a mailbox (Dovecot). `relay`: the other server, or
    our Postfix service that received the message. `status`: enhanced status code (RFC 3463), or a verdict.
    `detail`: the engine's words. `marks`: of the message (`rules.marks`), of a JUDGED step.
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
    marks: tuple[int, ...] = ()


class Place(StrEnum):
    """Place where a message was delivered or refused."""

    DOOR = "door"  # while a client submitted it, or a server handed it over
    HERE = "here"  # our mail store, or the queue itself
    FILTER = "filter"  # a person's own filter
    OUTSIDE = "outside"  # a server of somebody else


class CountedAs(NamedTuple):
    """The count that a step adds to. `reason`: from a fixed list, empty for a delivery."""

    kind: StepKind
    place: Place
    reason: str


class Resent(NamedTuple):
    """A message that a recipient got under two queue identifiers. `outlived` lay in the queue at a start."""

    recipient: str
    message_id: str
    outlived: str


class NumberedStep(NamedTuple):
    """A stored step. Numbers follow the order of commits: a reader of one has seen all before it."""

    number: int
    step: Step


class LogPosition(NamedTuple):
    """How far a log was read: `head`, the digest of the file's first line, and an offset in bytes.

    A file is identified by its first line, so it may be renamed, copied or compressed. `line_at`: when the
    last line before was written, for logs whose silences are looked for.
    """

    head: str = ""
    offset: int = 0
    line_at: datetime | None = None


class Silence(NamedTuple):
    """A time in which an engine ran and its log gained nothing: what it did then is unknown."""

    began: datetime
    ended: datetime


class LogPiece(NamedTuple):
    """The new steps of a log, and the position after them. `reached_end`: there was nothing more to read.

    `silence`: the last one that ended in this piece.
    """

    steps: Sequence[Step]
    end: LogPosition
    reached_end: bool
    silence: Silence | None = None


class Fate(StrEnum):
    """What became of a message for one recipient."""

    ON_ITS_WAY = "on-its-way"
    WAITING = "waiting"
    HELD = "held"
    DELIVERED = "delivered"
    DISCARDED = "discarded"
    REFUSED = "refused"
    REJECTED = "rejected"  # at our door: we never had it
    PUT_OFF = "put-off"  # at our door, for now (4xx): the other server tries again


@dataclass(frozen=True, slots=True)
class MessageSearch:
    """Criteria of a message search. `addresses`: of the person, lower case. `until`: exclusive.

    `other`: a correspondent, address or domain. `fate`: of at least one recipient. `subject`: its mark, 0 for
    any; `verdicts`: one of them, none for any. Without addresses, one of these two is given. `is_own`: for
    that person, who knows no other recipient of what they received.
    """

    addresses: frozenset[str]
    since: datetime
    until: datetime
    other: str = ""
    fate: Fate | None = None
    subject: int = 0
    verdicts: frozenset[Verdict] = frozenset()
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message with the fate of each recipient. `key`: its queue identifier, or its Message-ID.

    `status`: enhanced status code of its last rejection at the door, "" for none. `quarantined`: recipients
    in whose mailboxes of ours it was filed in quarantine; the person's own in a search of their mail.
    """

    key: str
    at: datetime
    sender: str
    fates: Mapping[str, Fate]
    verdict: Verdict | None = None
    status: str = ""
    quarantined: frozenset[str] = frozenset()
