"""Events of lists."""

from dataclasses import dataclass
from typing import ClassVar

from vaguemestre.schools.lists.values import NoticeKind


@dataclass(frozen=True)
class ListMailDelivered:
    """Mail was delivered to a list's mailbox."""

    queue: ClassVar[str] = "untrusted"  # its address is known: whoever writes to it holds up nobody's mail

    list_id: int


@dataclass(frozen=True)
class FanoutDue:
    """A letter has copies to submit."""

    long_work: ClassVar[bool] = True

    letter_id: int


@dataclass(frozen=True)
class NoticeDue:
    """A notice about a letter is due, to its author or to the managers."""

    letter_id: int
    kind: NoticeKind
