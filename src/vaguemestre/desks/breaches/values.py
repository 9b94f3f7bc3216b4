"""Nouns of breaches."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class NoticeKind(StrEnum):
    """The kinds of notices about a breach."""

    WARNING = "warning"  # early warning, to the CSIRT or the national authority (NIS 2 art. 23 §4 a)
    NOTIFICATION = "notification"  # to the data protection and the national authority (GDPR art. 33)
    REPORT = "report"  # final report (NIS 2 art. 23 §4 d)
    PERSONS = "persons"  # to the persons affected, if the risk is high (GDPR art. 34)


class DeadlineState(StrEnum):
    """Whether a notice is due, and whether it was sent in time."""

    RUNNING = "running"
    OVERDUE = "overdue"
    DONE = "done"
    DONE_LATE = "done-late"


class Notice(NamedTuple):
    """A notice that was sent. `reference`: the number the authority gave."""

    kind: NoticeKind
    sent_at: datetime
    recipient: str
    reference: str = ""


class Deadline(NamedTuple):
    """When a notice is due, and when the first of its kind was sent."""

    kind: NoticeKind
    due_at: datetime
    sent_at: datetime | None
    state: DeadlineState


@dataclass(frozen=True, slots=True)
class BreachFacts:
    """What is known of a breach. `known_at`: when the académie became aware, which starts the deadlines."""

    title: str
    known_at: datetime
    began_at: datetime | None = None
    facts: str = ""
    data_kinds: str = ""
    persons: str = ""
    persons_count: int | None = None
    consequences: str = ""
    measures: str = ""


class KnownChange(NamedTuple):
    """A start of the deadlines that was replaced, and when."""

    former: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class BreachFile:
    """A breach with its notices and its clock."""

    breach_id: int
    facts: BreachFacts
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    closing_note: str
    notices: tuple[Notice, ...]
    deadlines: tuple[Deadline, ...]
    known_before: tuple[KnownChange, ...] = ()  # the starts it had, the oldest first

    @property
    def is_overdue(self) -> bool:
        return any(deadline.state is DeadlineState.OVERDUE for deadline in self.deadlines)

    @property
    def next_deadline(self) -> Deadline | None:
        """The first notice that is still due."""
        waiting = [deadline for deadline in self.deadlines if deadline.sent_at is None]
        return min(waiting, key=lambda deadline: deadline.due_at, default=None)
