"""People and their civil status, académies, services."""

from collections.abc import Collection
from datetime import date
from itertools import batched

from django.db.models import Q

from vaguemestre.people.directory.models import Academy, ManagementService, Person
from vaguemestre.people.directory.values import CivilStatus

BATCH_PARAMS = 10_000  # in one IN (…): far below the limits of SQLite and PostgreSQL


def academy_of_domain(domain: str) -> Academy:
    """The académie of a mail domain. Raises Academy.DoesNotExist."""
    return Academy.objects.get(domain=domain)


def find_academy_id(domain: str) -> int:
    """The id of the académie of a mail domain; 0 if it was never founded."""
    return Academy.objects.filter(domain__iexact=domain).values_list("pk", flat=True).first() or 0


def academies_outside(domains: Collection[str]) -> tuple[int, ...]:
    """Ids of the académies that have none of these mail domains, which are in lower case."""
    academies = Academy.objects.values_list("pk", "domain")
    return tuple(academy_id for academy_id, domain in academies if domain.lower() not in domains)


def has_several_academies() -> bool:
    """Whether the installation serves more than one académie."""
    return len(Academy.objects.values_list("pk", flat=True)[:2]) > 1


def academy_domain(academy_id: int) -> str:
    """The mail domain of an académie; "" for an unknown id."""
    return Academy.objects.filter(pk=academy_id).values_list("domain", flat=True).first() or ""


def of_academy(academy_id: int, column: str = "academy_id") -> Q:
    """Condition on rows of that académie, by the column of its id; none for 0."""
    return Q(**{column: academy_id}) if academy_id else Q()


def academies_of(person_ids: Collection[int]) -> dict[int, int]:
    """Person → académie."""
    academies: dict[int, int] = {}
    for batch in batched(person_ids, BATCH_PARAMS):
        academies |= Person.objects.filter(pk__in=batch).values_list("pk", "academy_id")
    return academies


def person_of(person_id: int) -> Person:
    """The person of that id. Raises Person.DoesNotExist."""
    return Person.objects.select_related("academy", "service").get(pk=person_id)


def shown_names(person_ids: Collection[int]) -> dict[int, str]:
    """Person → shown name."""
    names: dict[int, str] = {}
    for batch in batched(person_ids, BATCH_PARAMS):
        names |= {person.pk: person.shown_name for person in Person.objects.filter(pk__in=batch)}
    return names


def find_person(person_id: int) -> Person | None:
    """The person of that id; None for 0 or an unknown id."""
    return Person.objects.filter(pk=person_id).first()


def people_by_dossier(academy_id: int, dossiers: Collection[str]) -> dict[str, int]:
    """Dossier → person id, in that académie."""
    rows = Person.objects.filter(academy_id=academy_id, dossier__in=dossiers)
    return dict(rows.values_list("dossier", "pk"))


def newest_person_id(academy_id: int) -> int:
    """The last person registered in that académie; 0 without any."""
    newest = Person.objects.filter(academy_id=academy_id).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def civil_of(person: Person) -> CivilStatus | None:
    """The civil status of a person; None once erased."""
    return civil_status(
        person.civility,
        person.birth_name,
        person.usage_name,
        person.first_name,
        person.birth_date,
        person.chosen_first_name,
    )


def civil_status(
    civility: str, birth_name: str, usage_name: str, first_name: str, born: date | None, chosen: str
) -> CivilStatus | None:
    """The civil status of these columns; None if it was erased (there is no birth date)."""
    return CivilStatus(civility, birth_name, usage_name, first_name, born, chosen) if born else None


def recovery_address_of(person_id: int) -> str:
    """The recovery address from HR or from the person; "" if none."""
    return Person.objects.filter(pk=person_id).values_list("recovery_address", flat=True).first() or ""


def service_ids(academy_id: int) -> dict[str, int]:
    """Code → id, for every management service of the académie."""
    return dict(ManagementService.objects.filter(academy_id=academy_id).values_list("code", "id"))
