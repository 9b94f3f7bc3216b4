"""What lists leave for the worker."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ListMailCame:
    """Mail was delivered to a list's mailbox."""

    list_id: int


@dataclass(frozen=True)
class LetterGoesOn:
    """A letter has copies to hand over."""

    long_work: ClassVar[bool] = True

    letter_id: int


@dataclass(frozen=True)
class NoticeDue:
    """Somebody is to be told something of a letter: its author, or those who decide. `what`: which words."""

    letter_id: int
    what: str
