"""Registered people similar to somebody about to be created, for a human to compare first."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from vaguemestre.people.directory.models import Assignment, NameWord, Person
from vaguemestre.people.directory.queries.addresses import begins_with
from vaguemestre.people.directory.queries.managed import ManagedPerson, managed_rows
from vaguemestre.people.directory.queries.people import civil_of, of_academy
from vaguemestre.people.directory.rules.names import fold, without_civility
from vaguemestre.people.directory.rules.similarity import (
    Identity,
    MatchReason,
    identity_of,
    is_near_name,
    match_reason,
)
from vaguemestre.people.directory.values import CivilStatus

_ORDER = tuple(MatchReason)
_BATCH_PEOPLE = 500
_MAX_WORDS = 100  # near one word


@dataclass(frozen=True, slots=True)
class SimilarPerson:
    """A registered person who may be the same, and why."""

    person: ManagedPerson
    reason: MatchReason


def similar_people(
    academy_id: int, civil: CivilStatus, uais: Collection[str] = (), *, limit: int = 20
) -> tuple[SimilarPerson, ...]:
    """People of the académie similar to this civil status, surest first, whatever service manages them.

    Compared: people born that day, people who ever served in those schools, and people of the same names.
    """
    identity = identity_of(civil, uais)
    names = [f"{last} {first}" for last, first in identity.names]
    served = Assignment.objects.filter(structure__uai__in=uais).values("person_id")
    near = Q(birth_date=civil.birth_date) | Q(sorted_as__in=names) | Q(pk__in=served)
    rows = list(Person.objects.filter(near, academy_id=academy_id, erased_at=None).order_by("pk"))
    schools = _schools([row.pk for row in rows], uais)
    reasons = dict[int, MatchReason]()
    for row in rows:
        civil_status = civil_of(row)
        reason = (
            match_reason(identity, identity_of(civil_status, schools.get(row.pk, ())))
            if civil_status
            else None
        )
        if reason:
            reasons[row.pk] = reason
    nearest = sorted(reasons, key=lambda pk: (_ORDER.index(reasons[pk]), pk))[:limit]
    people = {person.person_id: person for person in managed_rows(Person.objects.filter(pk__in=nearest))}
    return tuple(SimilarPerson(people[pk], reasons[pk]) for pk in nearest)


def people_of_near_names(typed: str, *, academy_id: int = 0, limit: int = 10) -> tuple[int, ...]:
    """Ids of people of whom each typed word is a slip away from a name: « delatre » for Delattre.

    The first two letters are believed, so that the index is used. `academy_id`: only its people; 0 for all.
    """
    words = [word for word in fold(without_civility(typed)).split("-") if word][:4]
    people = Person.objects.filter(of_academy(academy_id), erased_at=None)
    for word in words:
        alike = NameWord.objects.filter(begins_with("word", word[:2])).values_list("word", flat=True)
        near = [name for name in alike.distinct() if is_near_name(word, name)][:_MAX_WORDS]
        people = people.filter(pk__in=NameWord.objects.filter(word__in=near).values("person_id"))
    return tuple(people.order_by("sorted_as", "pk").values_list("pk", flat=True)[:limit]) if words else ()


def identities_after(academy_id: int, person_id: int) -> dict[int, Identity]:
    """Who was registered in that académie after that person, with all their establishments."""
    rows = {
        row.pk: civil
        for row in Person.objects.filter(academy_id=academy_id, pk__gt=person_id, erased_at=None)
        if (civil := civil_of(row))
    }
    schools = defaultdict[int, list[str]](list)
    posts = Assignment.objects.filter(person_id__in=rows).values_list("person_id", "structure__uai")
    for pk, uai in posts:
        schools[pk].append(uai)
    return {pk: identity_of(civil, schools[pk]) for pk, civil in rows.items()}


def _schools(person_ids: list[int], uais: Collection[str]) -> dict[int, list[str]]:
    """Person → which of these schools they ever served in."""
    schools = dict[int, list[str]]()
    if uais:
        for start in range(0, len(person_ids), _BATCH_PEOPLE):
            posts = Assignment.objects.filter(
                person_id__in=person_ids[start : start + _BATCH_PEOPLE], structure__uai__in=uais
            )
            for person_id, uai in posts.values_list("person_id", "structure__uai"):
                schools.setdefault(person_id, []).append(uai)
    return schools
