"""Académies, services and establishments for administrators: all of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from vaguemestre.people.directory.models import Academy, Assignment, ManagementService, Person, Structure
from vaguemestre.people.directory.queries.people import of_academy
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.nomenclature import structure_kind_label
from vaguemestre.people.directory.values import StructureState

_MAX_WORDS = 5


@dataclass(frozen=True, slots=True)
class AcademySummary:
    """An académie with its counts of establishments and people."""

    academy_id: int
    code: str
    name: str
    domain: str
    structures: int
    people: int


@dataclass(frozen=True, slots=True)
class ServiceSummary:
    """A management service with its count of managed people."""

    service_id: int
    academy_id: int
    academy: str
    code: str
    name: str
    phone: str
    address: str
    postal: str
    people: int


class Successor(NamedTuple):
    """The establishment that took over a closed one."""

    structure_id: int
    uai: str
    name: str


@dataclass(frozen=True, slots=True)
class StructureSummary:
    """An establishment, with how many people serve there."""

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
    successor: Successor | None
    people: int

    @property
    def kind_label(self) -> str:
        return structure_kind_label(self.kind)


@dataclass(frozen=True, slots=True)
class StructureFilter:
    """Filter of establishments. `state`: on the day of the query; None for both."""

    words: str = ""
    kind: str = ""
    sector: str = ""
    state: StructureState | None = None
    academy_id: int = 0


STRUCTURE_ORDERS = {"uai": "uai", "nom": "folded", "ville": "town", "fermeture": "closed_on"}


def academy_summaries(academy_id: int = 0) -> tuple[AcademySummary, ...]:
    """Every académie, by code; or that one."""
    rows = (
        Academy.objects.filter(of_academy(academy_id, "pk"))
        .annotate(
            structure_count=Count("structures", distinct=True), person_count=Count("people", distinct=True)
        )
        .order_by("code")
    )
    columns = ("pk", "code", "name", "domain", "structure_count", "person_count")
    return tuple(AcademySummary(*row) for row in rows.values_list(*columns))


def academy_names_of(person_ids: Collection[int]) -> dict[int, str]:
    """Person → the name of their académie."""
    people = Person.objects.filter(pk__in=person_ids)
    return dict(people.values_list("pk", "academy__name"))


def service_summaries(academy_id: int = 0) -> tuple[ServiceSummary, ...]:
    """Every management service, or those of one académie, by académie and code."""
    return tuple(_service_summaries(ManagementService.objects.filter(of_academy(academy_id))))


def service_names() -> tuple[str, ...]:
    """The names of the management services."""
    return tuple(ManagementService.objects.values_list("name", flat=True))


def service_summary(service_id: int) -> ServiceSummary | None:
    """The management service of that id, if any."""
    return next(iter(_service_summaries(ManagementService.objects.filter(pk=service_id))), None)


def structure_kinds() -> tuple[str, ...]:
    """The kinds of establishments in use, in order."""
    return tuple(
        Structure.objects.exclude(kind="").order_by("kind").values_list("kind", flat=True).distinct()
    )


def structures_page(
    criteria: StructureFilter, day: date, *, order: str, first: int, count: int
) -> tuple[tuple[StructureSummary, ...], int]:
    """A page of establishments, and their total.

    `order`: a key of STRUCTURE_ORDERS, `-` before it for descending.
    """
    rows = Structure.objects.filter(of_academy(criteria.academy_id))
    for word in fold(criteria.words).split("-")[:_MAX_WORDS] if criteria.words else ():
        rows = rows.filter(Q(folded__contains=word) | Q(uai__istartswith=word))
    if criteria.kind:
        rows = rows.filter(kind=criteria.kind)
    if criteria.sector:
        rows = rows.filter(sector=criteria.sector)
    if criteria.state:
        closed = Q(closed_on__isnull=False, closed_on__lte=day)
        rows = rows.filter(closed if criteria.state is StructureState.CLOSED else ~closed)
    column = STRUCTURE_ORDERS[order.lstrip("-")]
    ordered = rows.order_by(f"-{column}" if order.startswith("-") else column, "uai")
    page = list(ordered.select_related("academy", "successor")[first : first + count])
    return _structure_summaries(page, day), rows.count()


def structure_summary(structure_id: int, day: date) -> StructureSummary | None:
    """The establishment of that id, if any, as of that day."""
    rows = list(Structure.objects.filter(pk=structure_id).select_related("academy", "successor"))
    return _structure_summaries(rows, day)[0] if rows else None


def _service_summaries(rows: QuerySet[ManagementService]) -> list[ServiceSummary]:
    counted = rows.annotate(managed=Count("person")).order_by("academy__code", "code")
    columns = ("pk", "academy_id", "academy__name", "code", "name", "phone", "address", "postal", "managed")
    return [ServiceSummary(*row) for row in counted.values_list(*columns)]


def _structure_summaries(rows: list[Structure], day: date) -> tuple[StructureSummary, ...]:
    served = Assignment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    ids = [row.pk for row in rows]
    counted = served.filter(structure_id__in=ids).values_list("structure_id")
    people = dict(counted.annotate(count=Count("person_id", distinct=True)))
    return tuple(
        StructureSummary(
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
            Successor(row.successor.pk, row.successor.uai, row.successor.name) if row.successor else None,
            people.get(row.pk, 0),
        )
        for row in rows
    )
