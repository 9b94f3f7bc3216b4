"""People and places as management services see them: `services` is always what the asker answers for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.models import MailAddress, ManagementService, Person, Structure
from vaguemestre.people.directory.queries.directory import civil_of, places_by_person
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.places import service_code
from vaguemestre.people.directory.values import CivilStatus, StaffCategory


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
class Managed:
    """Somebody as an officer of their service reads them. `place`: function and school."""

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


def service_cards(academy_id: int) -> tuple[ServiceCard, ...]:
    rows = ManagementService.objects.filter(academy_id=academy_id).order_by("code")
    return tuple(ServiceCard(*row) for row in rows.values_list(*_CARD))


def service_card_of(service_id: int) -> ServiceCard | None:
    found = ManagementService.objects.filter(pk=service_id).values_list(*_CARD).first()
    return ServiceCard(*found) if found else None


def service_card(academy_id: int, code: str) -> ServiceCard | None:
    rows = ManagementService.objects.filter(academy_id=academy_id, code=code)
    found = rows.values_list(*_CARD).first()
    return ServiceCard(*found) if found else None


def managed_person(services: Collection[int], person_id: int) -> Managed | None:
    """None for whoever is not there and for whoever another service manages: nobody can tell which."""
    found = managed_rows(Person.objects.filter(service_id__in=services, pk=person_id))
    return found[0] if found else None


MANAGED_ORDERS = {
    "nom": ("birth_name", "first_name"),
    "dossier": ("dossier",),
    "service": ("service__code", "birth_name"),
}


def managed_people(
    services: Collection[int],
    typed: str,
    *,
    first: int,
    count: int,
    category: str = "",
    order: str = "nom",
) -> tuple[tuple[Managed, ...], int]:
    """Those of the services whose names, address or dossier hold every word typed; how many.

    Whoever's civil status was erased is found by address or username only.
    `order`: a key of MANAGED_ORDERS, minus to turn it.
    """
    found = Person.objects.filter(service_id__in=services)
    if category:
        found = found.filter(category=category)
    if not typed.strip():
        found = found.filter(erased_at=None)
    for word in typed.split()[:6]:
        plain = word.lower() if "@" in word else fold(word) or word
        addresses = MailAddress.objects.filter(address__contains=plain)
        found = found.filter(
            Q(pk__in=addresses.values("person_id"))
            | Q(birth_name__icontains=word)
            | Q(usage_name__icontains=word)
            | Q(first_name__icontains=word)
            | Q(dossier__iexact=word)
            | Q(erased_at__isnull=False, sorted_as=plain)
        )
    columns = MANAGED_ORDERS[order.lstrip("-")]
    ordered = found.order_by(*(f"-{one}" if order.startswith("-") else one for one in columns), "pk")
    return tuple(managed_rows(ordered[first : first + count])), found.count()


def born_on(academy_id: int, day: date) -> tuple[Managed, ...]:
    """Everybody of the académie born that day, whatever their service: to find who an applicant may be."""
    return tuple(
        managed_rows(Person.objects.filter(academy_id=academy_id, birth_date=day).order_by("pk")[:200])
    )


def is_structure(academy_id: int, uai: str) -> bool:
    """Whether an establishment of that code is open, or was never said to be closed."""
    return _open_structures(academy_id).filter(uai=uai).exists()


_WORDS = 8


def structures_like(academy_id: int, typed: str, *, limit: int) -> tuple[tuple[str, str], ...]:
    """(UAI, name and town) of open establishments that hold every word typed, accents or not."""
    words = fold(typed).split("-")[:_WORDS]
    if not any(words):
        return ()
    found = _open_structures(academy_id)
    for word in words:
        found = found.filter(Q(folded__contains=word) | Q(uai__istartswith=word))
    rows = found.order_by("name", "town").values_list("uai", "name", "town")[:limit]
    return tuple((uai, f"{name}, {town}" if town else name) for uai, name, town in rows)


def service_in_charge_of(academy_id: int, category: StaffCategory, uai: str) -> int:
    """The id of the management service for that category at that establishment; 0 without one."""
    code = service_code(category, uai[:3])
    rows = ManagementService.objects.filter(academy_id=academy_id, code=code)
    return rows.values_list("pk", flat=True).first() or 0


def _open_structures(academy_id: int) -> QuerySet[Structure]:
    """A closing day still to come closes nothing yet."""
    today = paris_day(timezone.now())
    still = Q(closed_on__isnull=True) | Q(closed_on__gt=today)
    return Structure.objects.filter(still, academy_id=academy_id)


_CARD = ("pk", "code", "name", "phone", "address", "postal")


def managed_rows(people: QuerySet[Person]) -> list[Managed]:
    """People as officers read them, in the order given."""
    rows = list(people.select_related("service"))
    places = places_by_person([row.pk for row in rows])
    return [
        Managed(
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
