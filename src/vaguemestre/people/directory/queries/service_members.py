"""Posts served on a day, the source of distribution lists."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched

from django.db.models import Exists, OuterRef, Q, QuerySet

from vaguemestre.people.directory.models import Assignment, MailAddress, Person, Structure
from vaguemestre.people.directory.queries.people import of_academy
from vaguemestre.people.directory.queries.posts import serves_on
from vaguemestre.people.directory.values import ServedPost

_BATCH_PARAMS = 10_000
_COLUMNS = {
    "functions": "function",
    "corps": "corps",
    "disciplines": "discipline",
    "categories": "person__category",
    "kinds": "structure__kind",
    "departments": "structure__department",
    "sectors": "structure__sector",
    "districts": "structure__district",
    "uais": "structure__uai",
}


_POST_COLUMNS = (
    "person_id",
    "function",
    "corps",
    "discipline",
    "person__category",
    "structure__uai",
    "structure__kind",
    "structure__department",
    "structure__sector",
    "structure__district",
    "structure__name",
    "structure__town",
    "ends_on",
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Values to choose from: codes, and establishments as (UAI, name and town)."""

    functions: tuple[str, ...]
    corps: tuple[str, ...]
    disciplines: tuple[str, ...]
    categories: tuple[str, ...]
    kinds: tuple[str, ...]
    departments: tuple[str, ...]
    sectors: tuple[str, ...]
    districts: tuple[str, ...]
    places: tuple[tuple[str, str], ...]


def served_posts(
    day: date,
    criteria: Collection[Mapping[str, Collection[str]]],
    *,
    person_id: int = 0,
    academy_id: int = 0,
) -> Iterator[ServedPost]:
    """The posts served that day that match one of the criteria; every post if there are none.

    Each criterion maps `functions`, `corps`, `disciplines`, `categories`, `kinds`, `departments`, `sectors`,
    `districts` or `uais` to accepted values. `academy_id`: in its establishments only; 0 for all. One query,
    whatever the number of people.
    """
    posts = Assignment.objects.filter(
        serves_on(day), _matches_any(criteria), of_academy(academy_id, "structure__academy_id")
    )
    yield from _served_posts(posts, person_id)


def recently_left_posts(
    day: date,
    criteria: Collection[Mapping[str, Collection[str]]],
    kept_days: int,
    *,
    person_id: int = 0,
    academy_id: int = 0,
) -> Iterator[ServedPost]:
    """Matching posts that ended within `kept_days`, of people who now serve elsewhere."""
    ended = Q(ends_on__lt=day, ends_on__gte=day - timedelta(days=kept_days))
    elsewhere = Assignment.objects.filter(serves_on(day), person_id=OuterRef("person_id"))
    posts = Assignment.objects.filter(
        ended, Exists(elsewhere), _matches_any(criteria), of_academy(academy_id, "structure__academy_id")
    )
    yield from _served_posts(posts, person_id, is_left=True)


def left_the_place(
    day: date, *, person: str, uai: str, since: str, kept_days: int = 0, serves_elsewhere: bool = False
) -> Q:
    """Condition on rows of another table: their person had a post there since that date, and none any more.

    `person`, `uai`, `since` (a date): columns of that table. `kept_days`: the post ended more than that many
    days ago. `serves_elsewhere`: only of people who serve somewhere that day.
    """
    posts = Assignment.objects.filter(person_id=OuterRef(person))
    there = posts.filter(structure__uai=OuterRef(uai))
    ended = there.filter(ends_on__lt=day - timedelta(days=kept_days), ends_on__gte=OuterRef(since))
    late = there.filter(ends_on__lt=day, ends_on__gte=day - timedelta(days=kept_days))
    left = Q(Exists(ended)) & ~Q(Exists(there.filter(serves_on(day)))) & ~Q(Exists(late))
    return left & Q(Exists(posts.filter(serves_on(day)))) if serves_elsewhere else left


def last_days_in(structure_id: int, person_ids: Collection[int]) -> dict[int, date]:
    """Person → last day in the establishment, for people whose every post there has an end."""
    rows = Assignment.objects.filter(structure_id=structure_id, person_id__in=person_ids)
    last: dict[int, date | None] = {}
    for person, ends_on in rows.values_list("person_id", "ends_on"):
        latest = last.get(person, date.min)
        last[person] = max(latest, ends_on) if latest and ends_on else None
    return {person: day for person, day in last.items() if day}


def vocabulary(academy_id: int) -> Vocabulary:
    """Every value in use in the académie, past posts included."""
    posts = Assignment.objects.filter(person__academy_id=academy_id)
    places = Structure.objects.filter(academy_id=academy_id, closed_on__isnull=True)
    labels = tuple(
        (uai, f"{name}, {town}" if town and town.casefold() not in name.casefold() else name)
        for uai, name, town in places.order_by("name", "town").values_list("uai", "name", "town")
    )
    used = {
        name: tuple(sorted(filter(None, posts.order_by().values_list(column, flat=True).distinct())))
        for name, column in _COLUMNS.items()
        if name != "uais"
    }
    return Vocabulary(**used, places=labels)


def people_by_address(addresses: Collection[str]) -> dict[str, int]:
    """Address (lower case) → person, former addresses included, listed or not."""
    people: dict[str, int] = {}
    for batch in batched({address.lower() for address in addresses}, _BATCH_PARAMS):
        people.update(MailAddress.objects.filter(address__in=batch).values_list("address", "person_id"))
    return people


def place_names(uais: Collection[str]) -> dict[str, str]:
    """UAI → name of the establishment and its town: several have one name."""
    rows = Structure.objects.filter(uai__in=list(uais)).values_list("uai", "name", "town")
    return {uai: f"{name}, {town}" if town else name for uai, name, town in rows}


def names_by_person(person_ids: Collection[int]) -> dict[int, str]:
    """Person → shown name."""
    names: dict[int, str] = {}
    for batch in batched(person_ids, _BATCH_PARAMS):
        rows = Person.objects.filter(pk__in=batch).only(
            "first_name", "chosen_first_name", "birth_name", "usage_name", "erased_at", "sorted_as"
        )
        names.update((row.pk, row.shown_name) for row in rows)
    return names


def _served_posts(
    rows: QuerySet[Assignment], person_id: int, *, is_left: bool = False
) -> Iterator[ServedPost]:
    if person_id:
        rows = rows.filter(person_id=person_id)
    ordered = rows.order_by("person_id", "-is_primary", "id").values_list(*_POST_COLUMNS)
    for *columns, name, town, ends_on in ordered.iterator(2000):
        place = name if not town or town.casefold() in name.casefold() else f"{name} ({town})"
        yield ServedPost(*(*columns, place, ends_on if is_left else None))


def _matches_any(criteria: Collection[Mapping[str, Collection[str]]]) -> Q:
    condition = Q()
    for criterion in criteria:
        condition |= Q(
            **{f"{_COLUMNS[name]}__in": list(values) for name, values in criterion.items() if values}
        )
    return condition
