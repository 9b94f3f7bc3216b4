"""People and places for management services. `services`: always the ids the officer is in charge of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.models import MailAddress, ManagementService, Person, Structure
from vaguemestre.people.directory.queries.addresses import bears_officially
from vaguemestre.people.directory.queries.administered_people import PeopleFilter, posts_match
from vaguemestre.people.directory.queries.people import BATCH_PARAMS, civil_of
from vaguemestre.people.directory.queries.posts import newest_post_labels
from vaguemestre.people.directory.rules.names import fold, without_civility
from vaguemestre.people.directory.rules.places import service_code
from vaguemestre.people.directory.values import CivilStatus, StaffCategory

_CARD_COLUMNS = ("pk", "code", "name", "phone", "address", "postal")


MANAGED_ORDERS = {
    "nom": ("sorted_as",),  # of the name shown, accents and case aside
    "dossier": ("dossier",),
    "service": ("service__code", "sorted_as"),
}


_MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A management service and how to reach it."""

    service_id: int
    code: str
    name: str
    phone: str
    address: str
    postal: str


@dataclass(frozen=True, slots=True)
class ManagedPerson:
    """Somebody as an officer of their service sees them. `place`: function and school."""

    person_id: int
    dossier: str
    name: str  # as shown; the username of somebody whose civil status was erased
    civil: CivilStatus | None  # None: erased
    category: str
    service_id: int
    service: str
    place: str
    recovery_address: str
    erased_at: datetime | None = None


def service_card_of(service_id: int) -> ServiceCard | None:
    """The management service of that id, if any."""
    row = ManagementService.objects.filter(pk=service_id).values_list(*_CARD_COLUMNS).first()
    return ServiceCard(*row) if row else None


def service_card(academy_id: int, code: str) -> ServiceCard | None:
    """The management service of that code, if any."""
    rows = ManagementService.objects.filter(academy_id=academy_id, code=code)
    row = rows.values_list(*_CARD_COLUMNS).first()
    return ServiceCard(*row) if row else None


def managed_person(services: Collection[int], person_id: int) -> ManagedPerson | None:
    """Somebody these services manage; None otherwise, without telling whether they exist."""
    people = managed_rows(Person.objects.filter(service_id__in=services, pk=person_id))
    return people[0] if people else None


def managed_people(
    services: Collection[int],
    criteria: PeopleFilter,
    *,
    first: int,
    count: int,
    order: str = "nom",
    among: QuerySet[Any, Any] | None = None,
) -> tuple[tuple[ManagedPerson, ...], int]:
    """A page of the people whose names, address or dossier contain every word, and their total.

    People whose civil status was erased are found by address or username only. `criteria`: its words,
    category and posts. `order`: a key of MANAGED_ORDERS, `-` before it for descending. `among`: a query of
    person ids that they are part of.
    """
    people = Person.objects.filter(posts_match(criteria), service_id__in=services)
    if among is not None:
        people = people.filter(pk__in=among)
    if criteria.category:
        people = people.filter(category=criteria.category)
    if not criteria.words.strip():
        people = people.filter(erased_at=None)
    for word in without_civility(criteria.words).split()[:6]:
        plain = word.lower() if "@" in word else fold(word) or word
        addresses = MailAddress.objects.filter(address__contains=plain)
        people = people.filter(
            Q(pk__in=addresses.values("person_id"))
            | Q(erased_at=None, sorted_as__contains=plain)
            | Q(birth_name__icontains=word)
            | Q(usage_name__icontains=word)
            | Q(first_name__icontains=word)
            | bears_officially(word)
            | Q(dossier__iexact=word)
            | Q(erased_at__isnull=False, sorted_as=plain)
        )
    columns = MANAGED_ORDERS[order.lstrip("-")]
    ordered = people.order_by(
        *(f"-{column}" if order.startswith("-") else column for column in columns), "pk"
    )
    return tuple(managed_rows(ordered[first : first + count])), people.count()


def managed_among(services: Collection[int], person_ids: Collection[int]) -> dict[int, ManagedPerson]:
    """The people, among these, whom the services manage, by id. A few queries for each thousand."""
    return {
        person.person_id: person
        for batch in batched(person_ids, BATCH_PARAMS, strict=False)
        for person in managed_rows(Person.objects.filter(service_id__in=services, pk__in=batch))
    }


def is_open_structure(academy_id: int, uai: str) -> bool:
    """Whether an establishment of that code exists and is not closed."""
    return _open_structures(academy_id).filter(uai=uai).exists()


def matching_structures(academy_id: int, typed: str, *, limit: int) -> tuple[tuple[str, str], ...]:
    """(UAI, name and town) of open establishments that contain every typed word, ignoring accents."""
    words = fold(typed).split("-")[:_MAX_WORDS]
    if not any(words):
        return ()
    structures = _open_structures(academy_id)
    for word in words:
        structures = structures.filter(Q(folded__contains=word) | Q(uai__istartswith=word))
    rows = structures.order_by("name", "town").values_list("uai", "name", "town")[:limit]
    return tuple((uai, f"{name}, {town}" if town else name) for uai, name, town in rows)


def managing_service_id(academy_id: int, category: StaffCategory, uai: str) -> int:
    """The id of the service that manages that category at that establishment; 0 if there is none."""
    code = service_code(category, uai[:3])
    rows = ManagementService.objects.filter(academy_id=academy_id, code=code)
    return rows.values_list("pk", flat=True).first() or 0


def managed_rows(people: QuerySet[Person]) -> list[ManagedPerson]:
    """These people as officers see them, in the same order."""
    rows = list(people.select_related("service"))
    places = newest_post_labels([row.pk for row in rows])
    return [
        ManagedPerson(
            row.pk,
            "" if row.erased_at else row.dossier,
            row.shown_name,
            civil_of(row),
            row.category,
            row.service_id or 0,
            row.service.name if row.service else "",
            places.get(row.pk, ""),
            row.recovery_address,
            row.erased_at,
        )
        for row in rows
    ]


def _open_structures(academy_id: int) -> QuerySet[Structure]:
    """Establishments without a closing day, or with a future one."""
    today = paris_day(timezone.now())
    is_open = Q(closed_on__isnull=True) | Q(closed_on__gt=today)
    return Structure.objects.filter(is_open, academy_id=academy_id)
