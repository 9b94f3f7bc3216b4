"""Revocations of several machines: the mapped file of each follows the counters of the database.

One process of the machine receives notices at once (`engines.database.notices`), reads the counters at least
twice a second, and writes in the file when it last did. If that is older than DEAF_AFTER, the machine may
have missed a notice: whoever reads a count then asks the database first.
"""

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from vaguemestre.access.signin.revocations import RING_MARKS, FileRevocations, Told, mark_of_signed

DEAF_AFTER = 1_200_000_000  # nanoseconds

# Runs one statement on the database; its rows.
type Ask = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]

_COUNTERS = "SELECT changes, endings FROM signin_revocationcounter WHERE id = 1"
_MARKS = "SELECT mark FROM signin_endedmark WHERE number >= %s AND number < %s ORDER BY number"


class SharedRevocations:
    """Implements `ports.Revocations`. `ask`: on the caller's connection; `tell`: that something changed."""

    def __init__(
        self,
        file: FileRevocations,
        ask: Ask,
        tell: Callable[[Collection[str]], None],
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.file = file
        self._ask, self._tell, self._clock = ask, tell, clock

    def count(self) -> int:
        self._ask_if_deaf()
        return self.file.count()

    def end_count(self) -> int:
        self._ask_if_deaf()
        return self.file.end_count()

    def ended_since(self, seen: int) -> frozenset[int] | None:
        return self.file.ended_since(seen)

    def bump(self, ended: Collection[str] | None = None) -> None:
        """For this machine: the others were told in the transaction (`endings`)."""
        self.file.bump(ended)

    def refresh(self) -> None:
        self.file.refresh()
        self._tell(())

    def hear(self, ask: Ask) -> None:
        """Follow the database and note when it was asked. For the process that listens."""
        at = self._clock()
        _follow(self.file, ask)
        self.file.hear(at)

    def _ask_if_deaf(self) -> None:
        silent = self._clock() - self.file.heard_at()
        if not 0 <= silent < DEAF_AFTER:  # negative: of before the machine restarted
            _follow(self.file, self._ask)


def _follow(file: FileRevocations, ask: Ask) -> None:
    """Take up in the file whatever the database tells."""
    while True:  # another process may have followed what it read earlier than us
        former = file.followed()
        counters = next((Told(*row) for row in ask(_COUNTERS, ())), Told(0, 0))
        if counters == former:
            return
        file.follow(former, counters, _marks_between(former.endings, counters.endings, ask))


def _marks_between(first: int, end: int, ask: Ask) -> list[int] | None:
    """The marks of these endings; None if they are too many, or not known one by one."""
    if not 0 <= end - first <= RING_MARKS:
        return None
    marks = [mark_of_signed(mark) for (mark,) in ask(_MARKS, (first, end))] if end > first else []
    return marks if len(marks) == end - first else None
