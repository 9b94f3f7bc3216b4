"""Who directs which establishments, and who serves there."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q

from vaguemestre.people.directory.models import Assignment
from vaguemestre.people.directory.queries.posts import serves_on

_HEAD = "DIR"


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
