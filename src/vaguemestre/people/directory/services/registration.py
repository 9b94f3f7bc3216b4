"""Register people: names, NUMENs, posts. Parts, inside the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import Line, record_many
from vaguemestre.foundation.journal.values import person_subject
from vaguemestre.people.directory import queries
from vaguemestre.people.directory.events import PeopleArrived
from vaguemestre.people.directory.models import (
    Academy,
    Assignment,
    MailAddress,
    NumenRow,
    Person,
    TakenName,
)
from vaguemestre.people.directory.rules.names import sorted_as
from vaguemestre.people.directory.rules.numen_vault import digest, seal
from vaguemestre.people.directory.rules.places import service_code
from vaguemestre.people.directory.services.name_changes import index_names
from vaguemestre.people.directory.services.names import allocate_names
from vaguemestre.people.directory.values import (
    Names,
    NewPerson,
    Numen,
    NumenKeys,
    Post,
    Registered,
    StaffCategory,
)


def hold_registrations(academy_id: int) -> None:
    """Wait until nobody else registers people there, and keep others waiting until the transaction ends.

    Asked before looking whether somebody like them is there already: else both would be registered.
    """
    Academy.objects.select_for_update(no_key=True).filter(pk=academy_id).first()


def register_person(
    academy_id: int, person: NewPerson, keys: NumenKeys, *, by: str, now: datetime
) -> Registered:
    """`register_people` for one person."""
    return register_people(academy_id, [person], keys, by=by, now=now)[0]


def register_people(
    academy_id: int, people: Sequence[NewPerson], keys: NumenKeys, *, by: str, now: datetime
) -> list[Registered]:
    """Register new people, name them, store their NUMENs and posts. Inside the caller's transaction.

    Their establishments exist already. Raises Refusal `directory.name-unwritable`, and IntegrityError when a
    dossier, a NUMEN or a name was taken meanwhile: roll back and compare again.
    """
    academy = Academy.objects.get(pk=academy_id)
    names = allocate_names([p.civil for p in people], academy.domain)
    rows = _create_rows(academy, people)
    save_names(names, rows)
    index_names(rows)
    _save_numens([(row, p.numen) for row, p in zip(rows, people, strict=True) if p.numen], keys, now)
    _create_assignments(rows, people)
    registered = [Registered(row.pk, of_row) for row, of_row in zip(rows, names, strict=True)]
    record_many(
        Line(
            "directory.person-registered",
            to=person_subject(row.pk),
            by=by,
            at=now,
            details={"dossier": row.dossier, "username": of_row.username},
        )
        for row, of_row in zip(rows, names, strict=True)
    )
    if rows:
        announce(PeopleArrived([row.pk for row in rows]))
    return registered


def save_names(names: Sequence[Names], people: Sequence[Person]) -> None:
    """Store the names allocated to people, and their primary addresses. Inside the caller's transaction."""
    taken = []
    for of_person, person in zip(names, people, strict=True):
        taken.append(TakenName(kind=TakenName.Kind.ADDRESS, name=of_person.address, person=person))
        taken.append(TakenName(kind=TakenName.Kind.USERNAME, name=of_person.username, person=person))
        taken.append(TakenName(kind=TakenName.Kind.ADDRESS, name=of_person.mailbox, person=person))
    TakenName.objects.bulk_create(taken, batch_size=500)
    MailAddress.objects.bulk_create(
        [
            MailAddress(person=person, address=of_person.address, is_primary=True)
            for of_person, person in zip(names, people, strict=True)
        ],
        batch_size=500,
    )


def managing_service_id(
    services: Mapping[str, int], category: StaffCategory, posts: Iterable[Post]
) -> int | None:
    """The management service of a category, by the department of the primary post; None if there is none."""
    latest = sorted(posts, key=lambda p: (p.is_primary, p.starts_on))
    return services.get(service_code(category, latest[-1].uai[:3] if latest else ""))


def _create_rows(academy: Academy, people: Sequence[NewPerson]) -> list[Person]:
    services = queries.service_ids(academy.pk)
    return Person.objects.bulk_create(
        [
            Person(
                academy=academy,
                dossier=p.dossier,
                category=p.category,
                service_id=managing_service_id(services, p.category, p.posts),
                recovery_address=p.recovery_address,
                sorted_as=sorted_as(p.civil.shown_first_name, p.civil.shown_last_name),
                **asdict(p.civil),
            )
            for p in people
        ],
        batch_size=500,
    )


def _create_assignments(rows: Sequence[Person], people: Sequence[NewPerson]) -> None:
    structures = queries.structures_by_uai({post.uai for p in people for post in p.posts})
    Assignment.objects.bulk_create(
        [
            _assignment(row.pk, post, structures)
            for row, p in zip(rows, people, strict=True)
            for post in p.posts
        ],
        batch_size=500,
    )


def _assignment(person_id: int, post: Post, structures: Mapping[str, tuple[int, str]]) -> Assignment:
    columns = asdict(post)
    return Assignment(person_id=person_id, structure_id=structures[columns.pop("uai")][0], **columns)


def _save_numens(numens: Sequence[tuple[Person, Numen]], keys: NumenKeys, now: datetime) -> None:
    NumenRow.objects.bulk_create(
        [
            NumenRow(
                person=person,
                ciphertext=seal(numen, keys),
                digest=digest(numen, keys),
                layout=numen.layout,
                since=now,
            )
            for person, numen in numens
        ],
        batch_size=500,
    )
