"""People who may be somebody about to be created: for a human to tell apart before."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from vaguemestre.people.directory.models import Assignment, Person
from vaguemestre.people.directory.queries.directory import civil_of
from vaguemestre.people.directory.queries.managed import Managed, managed_rows
from vaguemestre.people.directory.rules.likeness import Likeness, identity_of, likeness
from vaguemestre.people.directory.values import CivilStatus

_ORDER = tuple(Likeness)
_IN_ONE_QUESTION = 500


@dataclass(frozen=True, slots=True)
class NearPerson:
    """Somebody of the directory who may be the one, and why."""

    person: Managed
    likeness: Likeness


def people_near(
    academy_id: int, civil: CivilStatus, uais: Collection[str] = (), *, limit: int = 20
) -> tuple[NearPerson, ...]:
    """People of the académie who may be that one, the likeliest first, whatever service manages them.

    Looked for among those born that day, those who ever served in those schools, and those of the same names.
    """
    sought = identity_of(civil, uais)
    names = [f"{last} {first}" for last, first in sought.names]
    served = Assignment.objects.filter(structure__uai__in=uais).values("person_id")
    near = Q(birth_date=civil.birth_date) | Q(sorted_as__in=names) | Q(pk__in=served)
    rows = list(Person.objects.filter(near, academy_id=academy_id, erased_at=None).order_by("pk"))
    schools = _schools([row.pk for row in rows], uais)
    reasons = dict[int, Likeness]()
    for row in rows:
        known = civil_of(row)
        reason = likeness(sought, identity_of(known, schools.get(row.pk, ()))) if known else None
        if reason:
            reasons[row.pk] = reason
    nearest = sorted(reasons, key=lambda pk: (_ORDER.index(reasons[pk]), pk))[:limit]
    shown = {one.person_id: one for one in managed_rows(Person.objects.filter(pk__in=nearest))}
    return tuple(NearPerson(shown[pk], reasons[pk]) for pk in nearest)


def _schools(person_ids: list[int], uais: Collection[str]) -> dict[int, list[str]]:
    """Person → those of the schools where they ever served."""
    schools = dict[int, list[str]]()
    if uais:
        for start in range(0, len(person_ids), _IN_ONE_QUESTION):
            posts = Assignment.objects.filter(
                person_id__in=person_ids[start : start + _IN_ONE_QUESTION], structure__uai__in=uais
            )
            for person_id, uai in posts.values_list("person_id", "structure__uai"):
                schools.setdefault(person_id, []).append(uai)
    return schools
