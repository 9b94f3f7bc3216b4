"""Subjects and actors as the journal writes them."""

from collections.abc import Iterable
from typing import NamedTuple


class Subject(NamedTuple):
    """Who acts, or what an act is about: `account:7`, `domain:ac-x.fr`; a word alone, `cli`, has no name."""

    kind: str
    name: str = ""

    @classmethod
    def parse(cls, written: str) -> "Subject":
        kind, _, name = written.partition(":")
        return cls(kind, name)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind

    @property
    def number(self) -> int:
        """The id of the row it names; 0 if its name is no number."""
        return int(self.name) if self.name.isascii() and self.name.isdigit() else 0


def account_subject(account_id: int) -> str:
    """The journal's name of an account, as who acts or as what an act is about."""
    return f"account:{account_id}"


def number_of(kind: str, written: str) -> int:
    """The number of a subject of that kind: 7 for `account` and `account:7`; 0 for any other."""
    subject = Subject.parse(written)
    return subject.number if subject.kind == kind else 0


def numbers_of(kind: str, written: Iterable[str]) -> set[int]:
    """The numbers of the subjects of that kind."""
    return {number_of(kind, subject) for subject in written} - {0}
