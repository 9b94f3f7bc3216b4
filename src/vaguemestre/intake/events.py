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
class PersonTransferred:
    """Somebody of another académie of this installation arrived here, with everything they had."""

    account_id: int
    person_id: int
    left_domain: str
    new_address: str
