"""Facts about feeds, past tense."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FeedConfirmed:
    """An administrator confirmed a held feed: it is to be applied."""

    feed_id: int

    long_work: ClassVar[bool] = True


@dataclass(frozen=True)
class PlanRequested:
    """An administrator asked for a new plan of a held feed."""

    feed_id: int

    long_work: ClassVar[bool] = True


@dataclass(frozen=True)
class SituationReported:
    """A feed reported a `Situation` for these people, from that day (ISO)."""

    situation: str
    on: str
    person_ids: list[int]


@dataclass(frozen=True)
class PeopleLeft:
    """A feed ended the last post of these people."""

    person_ids: list[int]


@dataclass(frozen=True)
class PersonTransferred:
    """Somebody moved here from another académie of this installation, with their account."""

    account_id: int
    person_id: int
    left_domain: str
    new_address: str
