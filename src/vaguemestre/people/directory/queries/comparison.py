"""People as a feed compares them, streamed for a whole académie."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Max

from vaguemestre.people.directory.models import Assignment, NumenRow, Person, Structure
from vaguemestre.people.directory.queries.people import civil_of, civil_status
from vaguemestre.people.directory.queries.posts import POST_COLUMNS
from vaguemestre.people.directory.values import CivilStatus, KnownElsewhere, KnownPerson, Post


class PostHolder(NamedTuple):
    """A person in one of their posts; `uai` is empty for a person without a post."""

    person_id: int
    civil: CivilStatus
    uai: str


def people_elsewhere_by_digest(
    academy_id: int, digests: Collection[str] | None = None
) -> dict[str, KnownElsewhere]:
    """NUMEN digest → its holder in another académie of this installation, for these digests or for all."""
    numens = NumenRow.objects.all() if digests is None else NumenRow.objects.filter(digest__in=digests)
    rows = (
        numens.exclude(person__academy_id=academy_id)
        .select_related("person")
        .annotate(last_start=Max("person__assignments__starts_on"))
    )
    return {
        row.digest: KnownElsewhere(
            row.person_id, civil_of(row.person), row.last_start or date.min, row.person.academy_id
        )
        for row in rows.iterator(2000)
    }


def uais_elsewhere(academy_id: int) -> frozenset[str]:
    """UAIs of the establishments of the other académies of this installation."""
    structures = Structure.objects.exclude(academy_id=academy_id)
    return frozenset(structures.values_list("uai", flat=True))


def known_people(academy_id: int, person_ids: Collection[int] | None = None) -> Iterator[KnownPerson]:
    """Everybody of the académie, or these people, as a feed compares them: three queries in all."""
    digests = _digests(academy_id, person_ids)
    posts = _posts(academy_id, person_ids)
    columns = (
        "id",
        "dossier",
        "civility",
        "birth_name",
        "usage_name",
        "first_name",
        "birth_date",
        "chosen_first_name",
        "category",
        "recovery_address",
    )
    people = Person.objects.filter(academy_id=academy_id)
    people = people if person_ids is None else people.filter(pk__in=person_ids)
    rows = people.order_by("pk").values_list(*columns)
    for pk, dossier, civility, birth, usage, first, born, chosen, category, recovery in rows.iterator(2000):
        yield KnownPerson(
            person_id=pk,
            dossier=dossier,
            civil=civil_status(civility, birth, usage, first, born, chosen),
            category=category,
            numen_digests=tuple(digests.get(pk, ())),
            recovery_address=recovery,
            posts=tuple(posts.get(pk, ())),
        )


def dossiers_by_person(academy_id: int) -> Iterator[tuple[int, str]]:
    """(person, dossier) of everybody, by ascending id."""
    people = Person.objects.filter(academy_id=academy_id).order_by("pk")
    return people.values_list("id", "dossier").iterator(2000)


def post_holders(academy_id: int) -> Iterator[PostHolder]:
    """Everybody of an académie, once per post; erased people are left out."""
    people = Person.objects.filter(academy_id=academy_id).exclude(birth_date=None)
    columns = ("civility", "birth_name", "usage_name", "first_name", "birth_date", "chosen_first_name")
    for person_id, uai, *civil in people.values_list("id", "assignments__structure__uai", *columns).iterator(
        2000
    ):
        yield PostHolder(person_id, CivilStatus(*civil), uai or "")


def numen_digests_by_person(academy_id: int) -> Iterator[tuple[int, str]]:
    """(person, keyed hash) of every NUMEN, current or former."""
    rows = NumenRow.objects.filter(person__academy_id=academy_id)
    return rows.values_list("person_id", "digest").iterator(2000)


def count_people() -> int:
    """How many people all académies of this installation have."""
    return Person.objects.count()


def count_people_elsewhere(academy_id: int) -> int:
    """How many people the other académies of this installation have."""
    return Person.objects.exclude(academy_id=academy_id).count()


def _digests(academy_id: int, person_ids: Collection[int] | None) -> Mapping[int, list[str]]:
    by_person: dict[int, list[str]] = defaultdict(list)
    rows = NumenRow.objects.filter(person__academy_id=academy_id).order_by("-is_current", "-id")
    rows = rows if person_ids is None else rows.filter(person_id__in=person_ids)
    for person_id, digest in rows.values_list("person_id", "digest").iterator(2000):
        by_person[person_id].append(digest)
    return by_person


def _posts(academy_id: int, person_ids: Collection[int] | None) -> Mapping[int, list[Post]]:
    by_person: dict[int, list[Post]] = defaultdict(list)
    rows = Assignment.objects.filter(person__academy_id=academy_id)
    rows = rows if person_ids is None else rows.filter(person_id__in=person_ids)
    for person_id, *post in rows.values_list("person_id", *POST_COLUMNS).iterator(2000):
        by_person[person_id].append(Post(*post))
    for of_person in by_person.values():
        of_person.sort(key=lambda post: post.key)  # databases return rows in any order
    return by_person
