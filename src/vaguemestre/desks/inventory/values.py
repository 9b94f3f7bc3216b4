"""What an inventory is asked for, and its lines."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vaguemestre.schools.lists.values import Kind as ListKind
from vaguemestre.schools.sharing.values import BoxKind


class Standing(StrEnum):
    """Which of them: open ones, those of them that nobody answers for, or closed ones."""

    OPEN = ""
    VACANT = "sans"
    CLOSED = "fermees"


@dataclass(frozen=True, slots=True)
class Kinds:
    """A choice of the filter."""

    label: str
    boxes: Collection[BoxKind] = ()
    lists: Collection[ListKind] = ()


@dataclass(frozen=True, slots=True)
class InventorySearch:
    """`place`: words of the name, the town or the UAI of an establishment. `academy_id`: 0 for all."""

    words: str
    place: str
    kinds: Kinds
    standing: Standing
    academy_id: int


@dataclass(frozen=True, slots=True)
class Key:
    """A mailbox or a list, and what puts it in order."""

    row_id: int
    address: str
    title: str
    last_used_at: datetime | None
    is_list: bool


@dataclass(frozen=True, slots=True)
class Line:
    """`members`: None for a list by rule that has sent nothing; `is_by_rule`: counted at its last letter."""

    row_id: int
    is_list: bool
    kind: str
    address: str
    title: str
    uai: str
    place: str
    owners: tuple[str, ...]
    members: int | None
    is_by_rule: bool
    last_used_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None

    @property
    def is_vacant(self) -> bool:
        return not self.owners and self.closed_at is None
