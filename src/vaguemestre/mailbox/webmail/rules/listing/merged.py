"""Messages of several mailboxes in one list, newest first."""

from collections.abc import Mapping, Sequence
from heapq import merge
from itertools import islice
from typing import NamedTuple

from vaguemestre.post.mailstore.values import Row

OWN_BOX = 0  # the box number of one's own mailbox
MERGED_SLUG = "toutes"
MERGED_NAME = "Toutes mes boîtes"
MAX_MERGED_ROWS = 500  # older messages are read in their own mailbox


class BoxRow(NamedTuple):
    """A row, and the number of its mailbox (`OWN_BOX` for one's own)."""

    box_id: int
    row: Row


def merge_rows(rows: Mapping[int, Sequence[Row]], offset: int, size: int) -> tuple[BoxRow, ...]:
    """`size` rows from `offset` of the merged list. `rows`: the first `offset + size` of each mailbox.

    Each mailbox keeps its own order, so pages follow on from one another whatever the dates say.
    """
    lists = [[BoxRow(box_id, row) for row in own] for box_id, own in rows.items()]
    merged = merge(*lists, key=lambda box_row: box_row.row.summary.date, reverse=True)
    return tuple(islice(merged, offset, offset + size))


def merged_total(totals: Sequence[int]) -> int:
    """Number of rows of the merged list."""
    return min(sum(totals), MAX_MERGED_ROWS)


def box_ref(box_id: int, ref: str) -> str:
    """A message reference of a merged list: `12~~INBOX/7/5`. No folder slug holds `~~`."""
    return f"{box_id}~~{ref}" if box_id != OWN_BOX else ref
