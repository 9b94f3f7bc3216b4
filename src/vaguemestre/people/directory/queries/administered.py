"""Académies, services, establishments and people as administrators see them: all of them, no civil status."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from vaguemestre.people.directory.models import (
    Academy,
    Assignment,
    MailAddress,
    ManagementService,
    NameWord,
    Person,
    Structure,
)
from vaguemestre.people.directory.queries.directory import begins, places_by_person
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.nomenclature import structure_kind_said

_WORDS = 5


@dataclass(frozen=True, slots=True)
class AcademyShown:
    academy_id: int
    code: str
    name: str
    domain: str
    structures: int
    people: int


@dataclass(frozen=True, slots=True)
class ServiceShown:
    service_id: int
    academy: str
    code: str
    name: str
    phone: str
    address: str
    postal: str
    people: int


@dataclass(frozen=True, slots=True)
class StructureShown:
    """An establishment. `successor`: (id, UAI and name) of the one that took over, or None."""

    structure_id: int
    academy_id: int
    academy: str
    uai: str
    name: str
    kind: str
    sector: str
    department: str
    town: str
    postal_code: str
    district: str
    phone: str
    opened_on: date | None
    closed_on: date | None
    successor: tuple[int, str, str] | None
    people: int

    @property
    def kind_said(self) -> str:
        return structure_kind_said(self.kind)


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Somebody across services. No birth date, no birth name: administrators keep no civil status."""

    person_id: int
    dossier: str
    name: str
    category: str
    service: str
    place: str
    academy: str
    unlisted: bool
    erased_at: datetime | None = None  # civil status erased: the name is the username, there is no dossier


@dataclass(frozen=True, slots=True)
class StructuresSought:
    """`state`: "open", "closed" on that day, or "" for both."""

    words: str = ""
    kind: str = ""
    sector: str = ""
    state: str = ""
    academy_id: int = 0


@dataclass(frozen=True, slots=True)
class PeopleSought:
    """`service_id` -1: those whom no service manages."""

    words: str = ""
    service_id: int = 0
    category: str = ""


STRUCTURE_ORDERS = {"uai": "uai", "nom": "folded", "ville": "town", "fermeture": "closed_on"}


def academies() -> tuple[AcademyShown, ...]:
    rows = Academy.objects.annotate(
        held=Count("structures", distinct=True), known=Count("people", distinct=True)
    ).order_by("code")
    columns = ("pk", "code", "name", "domain", "held", "known")
    return tuple(AcademyShown(*row) for row in rows.values_list(*columns))


def services_shown() -> tuple[ServiceShown, ...]:
    """Every management service, by académie and code."""
    return tuple(_services(ManagementService.objects.all()))


def service_shown(service_id: int) -> ServiceShown | None:
    return next(iter(_services(ManagementService.objects.filter(pk=service_id))), None)


def structure_kinds() -> tuple[str, ...]:
    """The kinds there are, in order."""
    return tuple(
        Structure.objects.exclude(kind="").order_by("kind").values_list("kind", flat=True).distinct()
    )


def structures_page(
    sought: StructuresSought, day: date, *, order: str, first: int, count: int
) -> tuple[tuple[StructureShown, ...], int]:
    """A page of establishments, and how many. `order`: a key of STRUCTURE_ORDERS, minus to turn it."""
    rows = Structure.objects.all()
    for word in fold(sought.words).split("-")[:_WORDS] if sought.words else ():
        rows = rows.filter(Q(folded__contains=word) | Q(uai__istartswith=word))
    if sought.kind:
        rows = rows.filter(kind=sought.kind)
    if sought.sector:
        rows = rows.filter(sector=sought.sector)
    if sought.academy_id:
        rows = rows.filter(academy_id=sought.academy_id)
    if sought.state:
        closed = Q(closed_on__isnull=False, closed_on__lte=day)
        rows = rows.filter(closed if sought.state == "closed" else ~closed)
    column = STRUCTURE_ORDERS[order.lstrip("-")]
    ordered = rows.order_by(f"-{column}" if order.startswith("-") else column, "uai")
    page = list(ordered.select_related("academy", "successor")[first : first + count])
    return _structures(page, day), rows.count()


def structure_shown(structure_id: int, day: date) -> StructureShown | None:
    found = list(Structure.objects.filter(pk=structure_id).select_related("academy", "successor"))
    return _structures(found, day)[0] if found else None


def people_across(
    sought: PeopleSought, *, first: int, count: int, backwards: bool = False
) -> tuple[tuple[PersonShown, ...], int]:
    """A page of people of every service, by name, and how many there are.

    Each word begins a shown name, or is a dossier, or an address. Whoever's civil status was erased is found
    by username or address only.
    """
    rows = Person.objects.all() if sought.words.split() else Person.objects.filter(erased_at=None)
    for typed in sought.words.split()[:_WORDS]:
        rows = rows.filter(_answers(typed))
    if sought.service_id:
        service = None if sought.service_id < 0 else sought.service_id
        rows = rows.filter(service_id=service) if service else rows.filter(service__isnull=True)
    if sought.category:
        rows = rows.filter(category=sought.category)
    order = ("-sorted_as", "-pk") if backwards else ("sorted_as", "pk")
    page = rows.order_by(*order)[first : first + count]
    return _people(page), rows.count()


def person_shown(person_id: int) -> PersonShown | None:
    return next(iter(_people(Person.objects.filter(pk=person_id))), None)


def _answers(typed: str) -> Q:
    answers = Q(dossier__iexact=typed)
    if "@" in typed:
        owned = MailAddress.objects.filter(person_id=OuterRef("pk"), address=typed.strip().lower())
        return answers | Q(Exists(owned))
    words = [word for word in fold(typed).split("-") if word]
    named = Q()
    for word in words:
        named &= Q(Exists(NameWord.objects.filter(begins("word", word), person_id=OuterRef("pk"))))
    return answers | named if words else answers


def _services(rows: QuerySet[ManagementService]) -> list[ServiceShown]:
    counted = rows.annotate(managed=Count("person")).order_by("academy__code", "code")
    columns = ("pk", "academy__name", "code", "name", "phone", "address", "postal", "managed")
    return [ServiceShown(*row) for row in counted.values_list(*columns)]


def _structures(rows: list[Structure], day: date) -> tuple[StructureShown, ...]:
    served = Assignment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    ids = [row.pk for row in rows]
    counted = served.filter(structure_id__in=ids).values_list("structure_id")
    people = dict(counted.annotate(count=Count("person_id", distinct=True)))
    return tuple(
        StructureShown(
            row.pk,
            row.academy_id,
            row.academy.name,
            row.uai,
            row.name,
            row.kind,
            row.sector,
            row.department,
            row.town,
            row.postal_code,
            row.district,
            row.phone,
            row.opened_on,
            row.closed_on,
            (row.successor.pk, row.successor.uai, row.successor.name) if row.successor else None,
            people.get(row.pk, 0),
        )
        for row in rows
    )


def _people(rows: QuerySet[Person]) -> tuple[PersonShown, ...]:
    found = list(rows.select_related("service", "academy"))
    places = places_by_person([row.pk for row in found])
    return tuple(
        PersonShown(
            row.pk,
            "" if row.erased_at else row.dossier,
            row.shown_name,
            row.category,
            row.service.code if row.service else "",
            places.get(row.pk, ""),
            row.academy.name,
            row.unlisted,
            row.erased_at,
        )
        for row in found
    )
