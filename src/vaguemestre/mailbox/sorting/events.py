"""Events of sorting."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class SortingChanged:
    """The sorting settings of an account changed: its scripts must be rewritten."""

    account_id: int


@dataclass(frozen=True)
class FolderMoved:
    """A mail program renamed, moved or (`new` empty) deleted a folder that filters file into."""

    account_id: int
    former: str
    new: str


@dataclass(frozen=True)
class BackfillRequested:
    """A filter must run on messages already received. `number`: of the request, see `PassRow.number`."""

    account_id: int
    number: int
    long_work: ClassVar[bool] = True
