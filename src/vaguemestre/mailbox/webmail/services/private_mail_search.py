"""Lists of all the mail that a delegate sees: the store's own also has that of hidden folders."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from vaguemestre.post.mailstore.ports import Lists
from vaguemestre.post.mailstore.values import Clause, Folder, MessageRef, Page, Row, Use, View, Where

_CHUNK = 200  # rows read at once
_NOT_EVERYWHERE = frozenset((Use.TRASH, Use.JUNK, Use.ALL))


def counted_everywhere(everything: Folder, shown: Collection[Folder]) -> Folder:
    """The folder of all mail with the counts of what is shown."""
    folders = [folder for folder in shown if folder.use not in _NOT_EVERYWHERE]
    return replace(
        everything,
        total=sum(folder.total for folder in folders),
        unread=sum(folder.unread for folder in folders),
    )


@dataclass(frozen=True)
class Everywhere:
    """`folder`, which has all mail, without the folders not shown and the rows that are hidden."""

    lists: Lists
    folder: str
    is_shown: Callable[[str], bool]
    is_hidden: Callable[[Row], bool]

    def page(self, view: View, offset: int, size: int) -> Page:
        """As `Lists.look`, ungrouped. Rows before `offset` are read too: only the store knows their order."""
        alone = replace(view, is_grouped=False)
        rows: list[Row] = []
        read = 0
        while True:
            page = self.lists.look(self.folder, alone, read, _CHUNK)
            rows += [row for row in page.rows if self.is_shown(row.ref.folder)]
            read += len(page.rows)
            visible_rows = [row for row in rows if not self.is_hidden(row)]
            if len(visible_rows) >= offset + size or not page.rows or read >= page.total:
                break
        total = len(self.refs(alone)) - (len(rows) - len(visible_rows))
        return replace(
            page, total=total, unread=0, offset=offset, rows=tuple(visible_rows[offset : offset + size])
        )

    def refs(self, view: View) -> tuple[MessageRef, ...]:
        """As `Lists.refs`."""
        return tuple(ref for ref in self.lists.refs(self.folder, view) if self.is_shown(ref.folder))

    def place(self, view: View, day: date) -> int:
        """As `Lists.place`."""
        newer = Clause(Where.SINCE, (day + timedelta(days=1)).isoformat())
        return len(self.refs(replace(view, clauses=(*view.clauses, newer), is_grouped=False)))
