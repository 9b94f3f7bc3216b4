"""Establishments, and who serves where."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import batched

from vaguemestre.people.directory.models import Assignment, Structure

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class PlaceKnown:
    """An establishment as other rooms follow it."""

    structure_id: int
    academy_id: int
    uai: str
    name: str
    town: str
    domain: str
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Served:
    """Somebody's post in an establishment; `ends_on` is the last day served."""

    structure_id: int
    person_id: int
    function: str
    corps: str
    starts_on: date
    ends_on: date | None


def places_known(uais: Collection[str] | None = None) -> Iterator[PlaceKnown]:
    """Those of these codes, or all of them (None)."""
    columns = ("pk", "academy_id", "uai", "name", "town", "academy__domain", "closed_on")
    if uais is None:
        for row in Structure.objects.order_by("uai").values_list(*columns).iterator(2000):
            yield PlaceKnown(*row)
        return
    for some in batched(uais, _AT_ONCE, strict=False):
        for row in Structure.objects.filter(uai__in=some).order_by("uai").values_list(*columns):
            yield PlaceKnown(*row)


def posts_in(
    structure_ids: Collection[int], functions: Collection[str], corps: Collection[str]
) -> list[Served]:
    """Posts of those functions or those corps in these establishments, past and future ones too."""
    found: list[Served] = []
    columns = ("structure_id", "person_id", "function", "corps", "starts_on", "ends_on")
    for some in batched(structure_ids, _AT_ONCE, strict=False):
        here = Assignment.objects.filter(structure_id__in=some)
        wanted = here.filter(function__in=functions) | here.filter(corps__in=corps)
        found += [Served(*row) for row in wanted.order_by("pk").values_list(*columns)]
    return found


def structures_ever_of(person_ids: Collection[int]) -> set[int]:
    """Every establishment any of them was, is or will be assigned to."""
    found: set[int] = set()
    for some in batched(person_ids, _AT_ONCE, strict=False):
        found.update(Assignment.objects.filter(person_id__in=some).values_list("structure_id", flat=True))
    return found
