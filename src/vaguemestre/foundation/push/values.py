"""Changes of a mailbox that pages are notified of."""

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    ARRIVED = "arrived"
    GONE = "gone"
    FLAGS = "flags"
    FOLDERS = "folders"
    TOGETHER = "together"  # members of a shared mailbox at work


@dataclass(frozen=True)
class Change:
    mailbox: str
    folder: str
    kind: ChangeKind
