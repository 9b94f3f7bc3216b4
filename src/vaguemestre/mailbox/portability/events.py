"""Events of imports and exports."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ImportGoesOn:
    """An import was requested, or a slice of it is done and more remains."""

    queue: ClassVar[str] = "imports"  # what it reads comes from outside, and nobody waits behind it
    move_id: int


@dataclass(frozen=True)
class MoveGoesOn:
    """An export was requested, or a slice of it is done and more remains."""

    long_work: ClassVar[bool] = True
    move_id: int


@dataclass(frozen=True)
class ExportWithdrawn:
    """The owner reported an export they had not requested."""

    long_work: ClassVar[bool] = True
    move_id: int
