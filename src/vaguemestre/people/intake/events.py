"""Facts about feeds, past tense."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FeedConfirmed:
    """An administrator confirmed a feed that had been refused whole: it is to be applied."""

    feed_id: int

    long_work: ClassVar[bool] = True


@dataclass(frozen=True)
class PlanAsked:
    """An administrator wants the plan of a feed that waits made anew."""

    feed_id: int

    long_work: ClassVar[bool] = True


@dataclass(frozen=True)
class SituationTold:
    """A feed says that something became of these people (a `Situation`), from that day (ISO)."""

    situation: str
    on: str
    person_ids: list[int]


@dataclass(frozen=True)
class PeopleLeft:
    """By a feed, these people serve nowhere any more."""

    person_ids: list[int]


@dataclass(frozen=True)
class PersonTransferred:
    """Somebody of another académie of this installation arrived here, with everything they had."""

    account_id: int
    person_id: int
    left_domain: str
    new_address: str
