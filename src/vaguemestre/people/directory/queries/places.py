"""Establishments, who directs them, and who serves where."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import batched
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q

from vaguemestre.people.directory.models import Assignment, Structure
from vaguemestre.people.directory.queries.posts import serves_on
from vaguemestre.people.directory.rules.places import described_fields
from vaguemestre.people.directory.values import Place, PlaceChange

_BATCH_ROWS = 5_000
_HEAD = "DIR"


@dataclass(frozen=True, slots=True)
class PlaceSummary:
    """An establishment, for the rooms that follow it."""

    structure_id: int
    academy_id: int
    uai: str
    name: str
    town: str
    domain: str
    closed_on: date | None


def place_changes(academy_id: int, places: Collection[Place]) -> tuple[PlaceChange, ...]:
    """What `services.describe_structures` would change of the académie's establishments, by UAI."""
    described = {place.uai: place for place in places}
    columns = [field.name for field in fields(Place)]
    changes = []
    for batch in batched(sorted(described), _BATCH_ROWS):
        rows = Structure.objects.filter(academy_id=academy_id, uai__in=batch).order_by("uai")
        for before in (Place(**row) for row in rows.values(*columns)):
            after = replace(before, **described_fields(described[before.uai]))
            if after != before:
                changes.append(PlaceChange(before, after))
    return tuple(changes)


@dataclass(frozen=True, slots=True)
class PlacePost:
    """Somebody's post in an establishment; `ends_on` is the last day served."""

    structure_id: int
    person_id: int
    function: str
    corps: str
    starts_on: date
    ends_on: date | None


class HeadedPlace(NamedTuple):
    """An establishment that somebody directs."""

    structure_id: int
    name: str


class StaffPost(NamedTuple):
    """A post in an establishment. `is_listed`: its person is in the directory."""

    person_id: int
    name: str
    sorted_as: str
    public_id: UUID
    is_listed: bool
    structure_id: int
    place: str
    function: str
    is_primary: bool
    starts_on: date
    ends_on: date | None


def place_summaries(uais: Collection[str] | None = None) -> Iterator[PlaceSummary]:
    """The establishments of these codes, or all of them (None)."""
    columns = ("pk", "academy_id", "uai", "name", "town", "academy__domain", "closed_on")
    if uais is None:
        for row in Structure.objects.order_by("uai").values_list(*columns).iterator(2000):
            yield PlaceSummary(*row)
        return
    for batch in batched(uais, _BATCH_ROWS, strict=False):
        for row in Structure.objects.filter(uai__in=batch).order_by("uai").values_list(*columns):
            yield PlaceSummary(*row)


def main_places(person_ids: Collection[int], day: date) -> dict[int, str]:
    """Person → name and town of the establishment they serve that day, the main one if they serve several."""
    places: dict[int, str] = {}
    columns = ("person_id", "structure__name", "structure__town")
    for batch in batched(person_ids, _BATCH_ROWS, strict=False):
        posts = Assignment.objects.filter(serves_on(day), person_id__in=batch)
        for person_id, name, town in posts.order_by("is_primary", "starts_on", "pk").values_list(*columns):
            places[person_id] = name if not town or town.casefold() in name.casefold() else f"{name}, {town}"
    return places


def posts_in(
    structure_ids: Collection[int], functions: Collection[str], corps: Collection[str]
) -> list[PlacePost]:
    """Posts of those functions or those corps in these establishments, past and future ones too."""
    posts: list[PlacePost] = []
    columns = ("structure_id", "person_id", "function", "corps", "starts_on", "ends_on")
    for batch in batched(structure_ids, _BATCH_ROWS, strict=False):
        rows = Assignment.objects.filter(structure_id__in=batch)
        matching = rows.filter(function__in=functions) | rows.filter(corps__in=corps)
        posts += [PlacePost(*row) for row in matching.order_by("pk").values_list(*columns)]
    return posts


def structure_ids_ever_of(person_ids: Collection[int]) -> set[int]:
    """Every establishment that any of these people was, is or will be assigned to."""
    structure_ids: set[int] = set()
    for batch in batched(person_ids, _BATCH_ROWS, strict=False):
        rows = Assignment.objects.filter(person_id__in=batch)
        structure_ids.update(rows.values_list("structure_id", flat=True))
    return structure_ids


def places_headed_by(person_id: int, day: date) -> tuple[HeadedPlace, ...]:
    """The establishments of their own académie that somebody directs that day, by name."""
    posts = Assignment.objects.filter(
        serves_on(day),
        person_id=person_id,
        function=_HEAD,
        structure__academy_id=F("person__academy_id"),
    )
    rows = posts.order_by("structure__name", "structure_id").distinct()
    return tuple(HeadedPlace(*row) for row in rows.values_list("structure_id", "structure__name"))


def staff_posts(structure_ids: Collection[int], day: date, until: date) -> list[StaffPost]:
    """Every post there of those who serve on `day` or begin by `until`; erased people are left out."""
    there = Assignment.objects.filter(structure_id__in=structure_ids, person__erased_at=None)
    current = there.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=until)
    rows = there.filter(person_id__in=current.values("person_id")).select_related("person", "structure")
    return [
        StaffPost(
            row.person_id,
            row.person.shown_name,
            row.person.sorted_as,
            row.person.public_id,
            not row.person.unlisted and row.person.hidden_since is None,
            row.structure_id,
            row.structure.name,
            row.function,
            row.is_primary,
            row.starts_on,
            row.ends_on,
        )
        for row in rows.order_by("pk")
    ]
