"""Mailboxes and lists of an inventory: their keys whole, the lines of a page or of a file."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import batched

from vaguemestre.desks.inventory.rules import BOX_LABELS, LIST_LABELS, in_order
from vaguemestre.desks.inventory.values import InventorySearch, Key, Line, Standing
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.queries import StructureFilter, structures_page
from vaguemestre.schools.lists.queries import InventoriedList, ListSearch, inventoried_lists, list_keys
from vaguemestre.schools.lists.values import Kind
from vaguemestre.schools.sharing.queries import BoxSearch, InventoriedBox, box_keys, inventoried_boxes

MAX_PLACES = 300  # that one typed name may mean
_BATCH = 500


def inventory_keys(search: InventorySearch, order: str, now: datetime, *, backwards: bool) -> list[Key]:
    """Everything that the search finds, in order. `order`: a key of ORDERS."""
    uais, by_use = _uais(search, now), order == "usage"
    is_closed, is_vacant = search.standing is Standing.CLOSED, search.standing is Standing.VACANT
    boxes = BoxSearch(
        search.words, search.academy_id, search.kinds.boxes, uais, is_closed=is_closed, is_vacant=is_vacant
    )
    lists = ListSearch(
        search.words, search.academy_id, search.kinds.lists, uais, is_closed=is_closed, is_orphan=is_vacant
    )
    keys = [Key(*row, is_list=False) for row in box_keys(boxes, now, by_use=by_use)] if boxes.kinds else []
    keys += [Key(*row, is_list=True) for row in list_keys(lists, now, by_use=by_use)] if lists.kinds else []
    return in_order(keys, order, backwards=backwards)


def inventory_lines(keys: Sequence[Key], now: datetime) -> list[Line]:
    """The lines of these keys, in their order. As many queries, whatever their number."""
    boxes = inventoried_boxes([key.row_id for key in keys if not key.is_list], now)
    lists = inventoried_lists([key.row_id for key in keys if key.is_list], now)
    rows = [(key, lists.get(key.row_id) if key.is_list else boxes.get(key.row_id)) for key in keys]
    return [_line(key, row) for key, row in rows if row is not None]  # None: gone meanwhile


def _line(key: Key, row: InventoriedBox | InventoriedList) -> Line:
    is_by_rule = isinstance(row.kind, Kind) and row.kind is Kind.RULE
    return Line(
        row_id=key.row_id,
        is_list=key.is_list,
        kind=LIST_LABELS[row.kind] if isinstance(row.kind, Kind) else BOX_LABELS[row.kind],
        address=row.address,
        title=row.title,
        uai=row.uai,
        place=row.place,
        owners=row.owners,
        members=row.members,
        is_by_rule=is_by_rule,
        last_used_at=row.last_used_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def whole_inventory(keys: Sequence[Key], now: datetime) -> Iterator[Line]:
    for batch in batched(keys, _BATCH):
        yield from inventory_lines(batch, now)


def _uais(search: InventorySearch, now: datetime) -> frozenset[str] | None:
    """The establishments that the typed words name; None if none were typed."""
    if not search.place:
        return None
    rows, _ = structures_page(
        StructureFilter(words=search.place, academy_id=search.academy_id),
        paris_day(now),
        order="nom",
        first=0,
        count=MAX_PLACES,
    )
    return frozenset(row.uai for row in rows)
