"""Posts of people, past and present, and the establishments they serve."""

from collections.abc import Collection
from datetime import date
from functools import reduce
from itertools import batched
from operator import or_

from django.db.models import Count, Max, Q

from vaguemestre.people.directory.models import Assignment, MailAddress, Structure
from vaguemestre.people.directory.queries.addresses import IS_LISTED, begins_with
from vaguemestre.people.directory.queries.people import BATCH_PARAMS
from vaguemestre.people.directory.rules.nomenclature import function_label
from vaguemestre.people.directory.values import Place, Post

POST_COLUMNS = (
    "structure__uai",
    "starts_on",
    "ends_on",
    "function",
    "status",
    "corps",
    "discipline",
    "is_primary",
)

MAX_HEADS = 200  # candidates compared, among similar surnames
_PLACE_COLUMNS = ("uai", "name", "kind", "sector", "department", "town", "postal_code", "district")


def serves_on(day: date) -> Q:
    """Condition on assignments that are current on that day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def serves_since(person_id: int, uai: str, day: date) -> date | None:
    """First day of the post that the person has in that establishment on that day; None without one."""
    posts = Assignment.objects.filter(serves_on(day), person_id=person_id, structure__uai=uai)
    return posts.order_by("starts_on").values_list("starts_on", flat=True).first()


def heads_of_places_served(person_id: int, day: date) -> list[int]:
    """Ids of the heads of the establishments that person serves that day, without themselves."""
    places = Assignment.objects.filter(serves_on(day), person_id=person_id).values("structure_id")
    heads = Assignment.objects.filter(serves_on(day), structure__in=places, function="DIR").exclude(
        person_id=person_id
    )
    return list(heads.order_by("person_id").values_list("person_id", flat=True).distinct())


def heads_named(surnames: Collection[str], day: date) -> tuple[str, ...]:
    """Addresses of the listed heads and inspectors on that day who have one of these folded surnames."""
    if not surnames:
        return ()
    heads = Assignment.objects.filter(serves_on(day), function__in=("DIR", "IEN1D")).values("person_id")
    named = reduce(or_, (begins_with("surname", surname) for surname in surnames))
    rows = MailAddress.objects.filter(named, is_primary=True, person_id__in=heads, **IS_LISTED)
    addresses = rows.values_list("address", flat=True)[:MAX_HEADS]
    return tuple(address for address in addresses if _surname_in(address) in surnames)


def last_days_of_ended_people(today: date, person_ids: Collection[int] | None = None) -> dict[int, date]:
    """Person → last day served, for people (among these, if given) whose every assignment is over."""
    posts = Assignment.objects.all()
    posts = posts if person_ids is None else posts.filter(person_id__in=person_ids)
    rows = posts.values("person_id").annotate(
        last=Max("ends_on"), endless=Count("pk", filter=Q(ends_on=None))
    )
    over = rows.filter(endless=0, last__lt=today)
    return dict(over.values_list("person_id", "last"))


def last_days_of_posts(person_ids: Collection[int], day: date) -> dict[int, date]:
    """Person → the day on which the last of the posts held on `day` ends; without it if one has no end."""
    posts = Assignment.objects.filter(serves_on(day), person_id__in=person_ids)
    rows = posts.values("person_id").annotate(
        last=Max("ends_on"), endless=Count("pk", filter=Q(ends_on=None))
    )
    return dict(rows.filter(endless=0).values_list("person_id", "last"))


def nearest_ends_of_posts(
    services: Collection[int], day: date, until: date, *, limit: int
) -> list[tuple[int, date]]:
    """(person, last day) of people of these services whose every post held on `day` ends by `until`.

    The nearest days first.
    """
    posts = Assignment.objects.filter(
        serves_on(day), person__service_id__in=services, person__erased_at=None
    ).order_by()
    rows = posts.values("person_id").annotate(
        last=Max("ends_on"), endless=Count("pk", filter=Q(ends_on=None))
    )
    ending = rows.filter(endless=0, last__lte=until).order_by("last", "person_id")
    return list(ending.values_list("person_id", "last")[:limit])


def people_serving(person_ids: Collection[int], today: date) -> frozenset[int]:
    """Which of these people have a current or future assignment."""
    serving: set[int] = set()
    for batch in batched(person_ids, BATCH_PARAMS):
        rows = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), person_id__in=batch)
        serving |= set(rows.values_list("person_id", flat=True))
    return frozenset(serving)


def last_starts_of_posts(person_ids: Collection[int], today: date) -> dict[int, date]:
    """Person → first day of the latest of their current or future posts; nobody without one."""
    starts: dict[int, date] = {}
    for batch in batched(person_ids, BATCH_PARAMS):
        posts = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), person_id__in=batch)
        rows = posts.values("person_id").annotate(last=Max("starts_on"))
        starts.update(rows.values_list("person_id", "last"))
    return starts


def posts_of(person_id: int) -> list[Post]:
    """Every assignment of somebody, past ones included."""
    rows = Assignment.objects.filter(person_id=person_id).order_by("starts_on", "id")
    return [Post(*row) for row in rows.values_list(*POST_COLUMNS)]


def structures_of(person_id: int, day: date) -> tuple[tuple[int, str], ...]:
    """(id, name) of the establishments somebody is assigned to that day."""
    started = Assignment.objects.filter(person_id=person_id, starts_on__lte=day)
    served = started.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    return tuple(served.order_by("structure__name").distinct().values_list("structure_id", "structure__name"))


def places_of(person_id: int) -> list[tuple[str, str]]:
    """(name, town) of every establishment somebody was ever assigned to."""
    rows = Structure.objects.filter(assignments__person_id=person_id).distinct().order_by("id")
    return list(rows.values_list("name", "town"))


def placed_posts_of(person_id: int) -> list[tuple[Post, str]]:
    """The assignments of somebody, each with the name of its establishment."""
    rows = Assignment.objects.filter(person_id=person_id).values_list("structure__uai", "structure__name")
    names = dict(rows)
    return [(post, names[post.uai]) for post in posts_of(person_id)]


def served_places(person_id: int, day: date) -> list[tuple[Post, Place]]:
    """The assignments somebody serves that day, each with its establishment; the main one first."""
    rows = Assignment.objects.filter(
        Q(person_id=person_id, starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    )
    columns = [f"structure__{name}" for name in _PLACE_COLUMNS]
    ordered = rows.order_by("-is_primary", "starts_on", "id").values_list(*POST_COLUMNS, *columns)
    return [(Post(*row[: len(POST_COLUMNS)]), Place(*row[len(POST_COLUMNS) :])) for row in ordered]


def newest_post_label(person_id: int) -> str:
    """Function and school of somebody's newest post; "" if none."""
    return newest_post_labels([person_id]).get(person_id, "")


def newest_post_labels(person_ids: Collection[int]) -> dict[int, str]:
    """Person → function and school of their newest post."""
    posts = Assignment.objects.filter(person_id__in=person_ids).order_by("is_primary", "starts_on", "id")
    columns = ("person_id", "function", "structure__name", "structure__town")
    labels = {}
    for person_id, function, name, town in posts.values_list(*columns):
        place = name if not town or town.casefold() in name.casefold() else f"{name}, {town}"
        labels[person_id] = " · ".join(part for part in (function_label(function), place) if part)
    return labels


def functions_at(person_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """(person, UAI) → function of the newest post there."""
    posts = Assignment.objects.filter(person_id__in=person_ids).order_by("is_primary", "starts_on", "id")
    columns = posts.values_list("person_id", "structure__uai", "function")
    return {(person_id, uai): function for person_id, uai, function in columns}


def structure_ids(academy_id: int) -> dict[str, int]:
    """UAI → id, for every establishment of the académie."""
    return dict(Structure.objects.filter(academy_id=academy_id).values_list("uai", "id"))


def structures_by_uai(uais: Collection[str]) -> dict[str, tuple[int, str]]:
    """UAI → (id, name)."""
    rows = Structure.objects.filter(uai__in=uais).values_list("uai", "id", "name")
    return {uai: (pk, name) for uai, pk, name in rows}


def _surname_in(address: str) -> str:
    return address.partition("@")[0].partition(".")[2].rstrip("0123456789")
