"""Changes of a mailbox that pages are notified of."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class ChangeKind(StrEnum):
    ARRIVED = "arrived"
    GONE = "gone"
    FLAGS = "flags"
    FOLDERS = "folders"
    TOGETHER = "together"  # members of a shared mailbox at work


class FolderMove(NamedTuple):
    """A folder of a mailbox that was renamed or moved from `former` to `new`; "": deleted."""

    mailbox: str
    former: str
    new: str


@dataclass(frozen=True)
class Change:
    mailbox: str
    folder: str
    kind: ChangeKind
