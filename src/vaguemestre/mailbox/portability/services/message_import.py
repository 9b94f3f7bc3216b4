"""Import messages, each once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.portability.ports import Source, Store
from vaguemestre.mailbox.portability.rules import mbox
from vaguemestre.mailbox.portability.rules import tally as counting
from vaguemestre.mailbox.portability.rules.folders import target
from vaguemestre.mailbox.portability.rules.identity import (
    has_oversized_header,
    header_of,
    mark_of,
    on_the_wire,
)
from vaguemestre.mailbox.portability.values import INBOX, Mark, Piece, Tally
from vaguemestre.post.mailstore.privacy import private_mark


def import_messages(
    store: Store,
    source: Source,
    so_far: Tally,
    *,
    now: datetime,
    apart: str = "",
    enough: Callable[[Tally], bool] = lambda _: False,
) -> Tally:
    """Add the messages after `so_far` that are not there yet, until `enough`. Returns the new tally.

    A message that cannot be read or is refused is counted and named, and the import goes on. `now`: date of
    messages without one. Raises MailboxFull and what the ports raise; run again, it skips what it added.
    """
    tally = replace(so_far, total=source.total)
    target_box = _Target(store, apart, now)
    for piece in source.pieces(so_far.cursor):
        tally = target_box.take(piece, tally)
        if enough(tally):
            return tally
    return replace(tally, is_over=True, reached=tally.total)


class _Target:
    """The mailbox to import into; caches its folders and the marks of their messages."""

    def __init__(self, store: Store, apart: str, now: datetime) -> None:
        self._store, self._apart, self._now = store, apart, now
        self._places = store.places()
        self._marks: dict[str, set[Mark]] = {}
        self._refused: set[str] = set()

    def take(self, piece: Piece, tally: Tally) -> Tally:
        if piece.is_place:
            return counting.passed(tally, piece)
        if piece.problem:
            return counting.left(tally, piece, piece.problem)
        content = on_the_wire(piece.content)
        if not content.strip():
            return counting.left(tally, piece, "empty")
        if has_oversized_header(content):
            return counting.left(tally, piece, "too-large")
        folder = self._made(target(piece.folder, piece.use, self._places, self._apart))
        marks = self._marks_of(folder)
        mark = mark_of(header_of(content), len(content))
        if mark in marks:
            return counting.known(tally, piece)
        try:
            flags = piece.flags.union(private_mark(content))
            self._store.add(folder, content, flags, piece.date or mbox.date_in(content) or self._now)
        except EngineRefused:
            return counting.left(tally, piece, "refused")
        marks.add(mark)
        return counting.added(tally, piece)

    def _made(self, folder: str) -> str:
        """The folder, made if need be; where the mailbox takes none of that name, the nearest above it."""
        if folder in self._places.names:
            return folder
        if folder not in self._refused:
            try:
                self._store.make(folder)
            except EngineRefused:
                self._refused.add(folder)
            else:
                self._places = replace(self._places, names=self._places.names | {folder})
                return folder
        return self._made(folder.rpartition("/")[0] or INBOX)

    def _marks_of(self, folder: str) -> set[Mark]:
        if folder not in self._marks:
            self._marks[folder] = self._store.marks(folder)
        return self._marks[folder]
