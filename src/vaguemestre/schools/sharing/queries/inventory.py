"""Shared mailboxes as an inventory lists them: all of an académie, with who answers for each."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from vaguemestre.schools.sharing.models import Box, BoxActivity
from vaguemestre.schools.sharing.queries.access import current_members
from vaguemestre.schools.sharing.queries.members import filtered_boxes
from vaguemestre.schools.sharing.values import BoxKind


@dataclass(frozen=True, slots=True)
class BoxSearch:
    """Which mailboxes; those of persons are never among them.

    `academy_id`: 0 for every académie. `uais`: of these establishments only; None for any.
    """

    words: str = ""
    academy_id: int = 0
    kinds: Collection[BoxKind] = ()
    uais: Collection[str] | None = None
    is_closed: bool = False
    is_vacant: bool = False


class BoxKey(NamedTuple):
    """What a mailbox is put in order by. `last_used_at`: None too where it was not asked for."""

    box_id: int
    address: str
    title: str
    last_used_at: datetime | None = None


class InventoriedBox(NamedTuple):
    """`uai`, `place`: of its establishment, "" if none. `last_used_at`: of the last act of a member."""

    box_id: int
    kind: BoxKind
    address: str
    title: str
    uai: str
    place: str
    owners: tuple[str, ...]
    members: int
    last_used_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None


def box_keys(search: BoxSearch, now: datetime, *, by_use: bool = False) -> list[BoxKey]:
    """Every mailbox of the search, in no order; when each was last used only if `by_use`."""
    rows = filtered_boxes(search.words, search.academy_id, is_closed=search.is_closed)
    rows = rows.filter(kind__in=search.kinds)
    if search.uais is not None:
        rows = rows.filter(structure__uai__in=search.uais)
    columns = ["pk", "address", "title"]
    if by_use:
        rows = rows.annotate(last_used_at=_last_use())
        columns.append("last_used_at")
    keys = [BoxKey(*row) for row in rows.values_list(*columns)]
    if not search.is_vacant:
        return keys
    # apart: joined to them, PostgreSQL may go through all members for each mailbox
    owned = set(current_members(now).filter(is_owner=True).values_list("box_id", flat=True))
    return [key for key in keys if key.box_id not in owned]


def inventoried_boxes(box_ids: Collection[int], now: datetime) -> dict[int, InventoriedBox]:
    """Box → its line. Two queries, whatever their number."""
    members: defaultdict[int, int] = defaultdict(int)
    owners: defaultdict[int, list[str]] = defaultdict(list)
    rows = current_members(now).filter(box_id__in=box_ids).select_related("account__person")
    for member in rows.order_by("starts_at", "pk"):
        members[member.box_id] += 1
        if member.is_owner:
            person = member.account.person
            owners[member.box_id].append(person.shown_name if person else member.account.username)
    boxes = Box.objects.filter(pk__in=box_ids).select_related("structure").annotate(last_used_at=_last_use())
    return {
        box.pk: InventoriedBox(
            box_id=box.pk,
            kind=BoxKind(box.kind),
            address=box.address,
            title=box.title,
            uai=box.structure.uai if box.structure else "",
            place=box.structure.name if box.structure else "",
            owners=tuple(owners[box.pk]),
            members=members[box.pk],
            last_used_at=box.last_used_at,
            opened_at=box.opened_at,
            closed_at=box.closed_at,
        )
        for box in boxes
    }


def _last_use() -> Subquery:
    acts = BoxActivity.objects.filter(box_id=OuterRef("pk")).order_by("-at")
    return Subquery(acts.values("at")[:1])
