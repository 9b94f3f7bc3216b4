"""Who serves where and as what, on a day: what lists are made from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched

from django.db.models import Exists, OuterRef, Q, QuerySet

from vaguemestre.people.directory.models import Assignment, MailAddress, Person, Structure
from vaguemestre.people.directory.values import ServedPost

_IN_ONE_QUESTION = 10_000
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


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What there is to choose from: codes, and establishments as (UAI, name and town)."""

    functions: tuple[str, ...]
    corps: tuple[str, ...]
    disciplines: tuple[str, ...]
    categories: tuple[str, ...]
    kinds: tuple[str, ...]
    departments: tuple[str, ...]
    sectors: tuple[str, ...]
    districts: tuple[str, ...]
    places: tuple[tuple[str, str], ...]


def serving(
    day: date, asked: Collection[Mapping[str, Collection[str]]], *, person_id: int = 0
) -> Iterator[ServedPost]:
    """The posts served that day that meet one of the demands; every post with an empty collection of them.

    A demand says, by `functions`, `corps`, `disciplines`, `categories`, `kinds`, `departments`, `sectors`,
    `districts` or `uais`, which values are meant. One question, whatever the number of people.
    """
    yield from _told(Assignment.objects.filter(_served(day), _any_of(asked)), person_id)


def lately_left(
    day: date, asked: Collection[Mapping[str, Collection[str]]], kept_days: int, *, person_id: int = 0
) -> Iterator[ServedPost]:
    """Posts that meet one of the demands and ended within so many days, of people who serve elsewhere."""
    ended = Q(ends_on__lt=day, ends_on__gte=day - timedelta(days=kept_days))
    elsewhere = Assignment.objects.filter(_served(day), person_id=OuterRef("person_id"))
    yield from _told(
        Assignment.objects.filter(ended, Exists(elsewhere), _any_of(asked)), person_id, is_left=True
    )


def last_days_in(structure_id: int, person_ids: Collection[int]) -> dict[int, date]:
    """Person → last day there, for those of them whose every post there has an end."""
    rows = Assignment.objects.filter(structure_id=structure_id, person_id__in=person_ids)
    last: dict[int, date | None] = {}
    for person, ends_on in rows.values_list("person_id", "ends_on"):
        known = last.get(person, date.min)
        last[person] = max(known, ends_on) if known and ends_on else None
    return {person: day for person, day in last.items() if day}


def _served(day: date) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def _told(rows: QuerySet[Assignment], person_id: int, *, is_left: bool = False) -> Iterator[ServedPost]:
    if person_id:
        rows = rows.filter(person_id=person_id)
    columns = ("person_id", *list(_COLUMNS.values())[:3], "person__category", "structure__uai")
    told = rows.order_by("person_id", "-is_primary", "id").values_list(
        *columns,
        "structure__kind",
        "structure__department",
        "structure__sector",
        "structure__district",
        "structure__name",
        "structure__town",
        "ends_on",
    )
    for (
        person,
        function,
        corps,
        discipline,
        category,
        uai,
        kind,
        department,
        sector,
        district,
        name,
        town,
        ends_on,
    ) in told.iterator(2000):
        place = name if not town or town.casefold() in name.casefold() else f"{name} ({town})"
        yield ServedPost(
            person,
            function,
            corps,
            discipline,
            category,
            uai,
            kind,
            department,
            sector,
            district,
            place,
            ends_on if is_left else None,
        )


def vocabulary(academy_id: int) -> Vocabulary:
    """Every value that somebody of the académie has, or had."""
    posts = Assignment.objects.filter(person__academy_id=academy_id)
    places = Structure.objects.filter(academy_id=academy_id, closed_on__isnull=True)
    shown = tuple(
        (uai, f"{name}, {town}" if town and town.casefold() not in name.casefold() else name)
        for uai, name, town in places.order_by("name", "town").values_list("uai", "name", "town")
    )
    used = {
        asked: tuple(sorted(filter(None, posts.order_by().values_list(column, flat=True).distinct())))
        for asked, column in _COLUMNS.items()
        if asked != "uais"
    }
    return Vocabulary(**used, places=shown)


def people_by_address(addresses: Collection[str]) -> dict[str, int]:
    """Address (lower case) → person, former addresses included, listed or not."""
    found: dict[str, int] = {}
    for some in batched({one.lower() for one in addresses}, _IN_ONE_QUESTION):
        found.update(MailAddress.objects.filter(address__in=some).values_list("address", "person_id"))
    return found


def place_names(uais: Collection[str]) -> dict[str, str]:
    """UAI → name of the establishment."""
    return dict(Structure.objects.filter(uai__in=list(uais)).values_list("uai", "name"))


def names_by_person(person_ids: Collection[int]) -> dict[int, str]:
    """The name each one is shown under."""
    found: dict[int, str] = {}
    for some in batched(person_ids, _IN_ONE_QUESTION):
        rows = Person.objects.filter(pk__in=some).only(
            "first_name", "chosen_first_name", "birth_name", "usage_name", "erased_at", "sorted_as"
        )
        found.update((row.pk, row.shown_name) for row in rows)
    return found


def _any_of(asked: Collection[Mapping[str, Collection[str]]]) -> Q:
    wanted = Q()
    for demand in asked:
        wanted |= Q(**{f"{_COLUMNS[name]}__in": list(values) for name, values in demand.items() if values})
    return wanted
