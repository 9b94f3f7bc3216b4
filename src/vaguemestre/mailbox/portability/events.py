"""Facts about moves, past tense."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class MoveGoesOn:
    """A move was asked for, or some of it was done: there is more."""

    long_work: ClassVar[bool] = True
    move_id: int


@dataclass(frozen=True)
class ExportWithdrawn:
    """Its owner never asked for that copy: nobody takes it away."""

    long_work: ClassVar[bool] = True
    move_id: int
