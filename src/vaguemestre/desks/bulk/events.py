"""Facts about acts on many, past tense."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ActDue:
    """People of an act wait for their turn. `number`: of the order; an older one does nothing."""

    long_work: ClassVar[bool] = True

    act_id: int
    number: int
