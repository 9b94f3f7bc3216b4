"""Events of imports and exports."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class MoveGoesOn:
    """A move was requested, or a slice of it is done and more remains."""

    long_work: ClassVar[bool] = True
    move_id: int


@dataclass(frozen=True)
class ExportWithdrawn:
    """The owner reported an export they had not requested."""

    long_work: ClassVar[bool] = True
    move_id: int
