"""Registering and changing people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import Line, record, record_many
from vaguemestre.people.directory import queries
from vaguemestre.people.directory.events import PeopleArrived, PeopleChanged
from vaguemestre.people.directory.models import (
    Academy,
    Assignment,
    MailAddress,
    NameWord,
    NumenRow,
    Person,
    TakenName,
)
from vaguemestre.people.directory.rules.names import name_words, sorted_as
from vaguemestre.people.directory.rules.numen_vault import digest, seal
from vaguemestre.people.directory.rules.places import service_code
from vaguemestre.people.directory.services.name_changes import keep_words, readdress, reword
from vaguemestre.people.directory.services.names import free_names, take_address
from vaguemestre.people.directory.services.numens import record_numen
from vaguemestre.people.directory.values import (
    Names,
    NewPerson,
    Numen,
    NumenKeys,
    PersonChange,
    Post,
    Registered,
    StaffCategory,
    Transferred,
)


def register_person(
    academy_id: int, person: NewPerson, keys: NumenKeys, *, by: str, now: datetime
) -> Registered:
    """`register_people` for one."""
    return register_people(academy_id, [person], keys, by=by, now=now)[0]


def register_people(
    academy_id: int, people: Sequence[NewPerson], keys: NumenKeys, *, by: str, now: datetime
) -> list[Registered]:
    """Register people nobody knew, name them, keep their NUMENs and posts. Inside the caller's transaction.

    Their establishments exist already. Raises Refusal `directory.name-unwritable`, and IntegrityError when a
    dossier, a NUMEN or a name was taken meanwhile: roll back and look again.
    """
    academy = Academy.objects.get(pk=academy_id)
    structures = queries.structures_by_uai({post.uai for p in people for post in p.posts})
    services = queries.service_ids(academy_id)
    named = free_names([p.civil for p in people], academy.domain)
    rows = Person.objects.bulk_create(
        [
            Person(
                academy=academy,
                dossier=p.dossier,
                category=p.category,
                service_id=_service(services, p.category, p.posts),
                recovery_address=p.recovery_address,
                sorted_as=sorted_as(p.civil.shown_first_name, p.civil.shown_last_name),
                **asdict(p.civil),
            )
            for p in people
        ],
        batch_size=500,
    )
    _keep_names(named, rows)
    keep_words(rows)
    _keep_numens([(row, p.numen) for row, p in zip(rows, people, strict=True) if p.numen], keys, now)
    Assignment.objects.bulk_create(
        [
            _assignment(row.pk, post, structures)
            for row, p in zip(rows, people, strict=True)
            for post in p.posts
        ],
        batch_size=500,
    )
    record_many(
        Line(
            "directory.person-registered",
            to=f"person:{row.pk}",
            by=by,
            at=now,
            details={"dossier": row.dossier, "username": names.username},
        )
        for row, names in zip(rows, named, strict=True)
    )
    if rows:
        announce(PeopleArrived([row.pk for row in rows]))
    return [Registered(row.pk, names) for row, names in zip(rows, named, strict=True)]


def add_address(person_id: int, address: str, *, by: str, now: datetime) -> None:
    """A further address of somebody, to receive and send by; theirs already, it may send again.

    Inside the caller's transaction. Raises Refusal `directory.address-taken` when it is, or was, another's.
    """
    row = MailAddress.objects.filter(person_id=person_id, address=address).first()
    if row is None:
        take_address(person_id, address)
        MailAddress.objects.create(person_id=person_id, address=address)
        record("directory.address-added", to=f"person:{person_id}", by=by, at=now, address=address)
    elif row.may_send:
        return
    else:
        MailAddress.objects.filter(pk=row.pk).update(may_send=True)
    announce(PeopleChanged([person_id]))


def change_people(changes: Sequence[PersonChange], keys: NumenKeys, *, by: str, now: datetime) -> None:
    """`change_person` for several, announced once. Inside the caller's transaction."""
    people = Person.objects.select_related("academy").in_bulk([change.person_id for change in changes])
    renamed, lines = dict[int, Person](), list[Line]()
    for change in changes:
        person = people[change.person_id]
        what = _change(person, change)
        if set(what) & _SHOWN:
            renamed[person.pk] = person
        if what:
            details = {"what": ", ".join(what)}
            lines.append(Line("directory.person-changed", f"person:{person.pk}", by, now, details))
    readdress(renamed.values())
    reword(renamed.values())
    record_many(lines)
    for change in changes:
        if change.numen:
            record_numen(change.person_id, change.numen, keys, by=by, now=now)
    if changes:
        announce(PeopleChanged([change.person_id for change in changes]))


def change_person(change: PersonChange, keys: NumenKeys, *, by: str, now: datetime) -> None:
    """Apply what became different for somebody. Inside the caller's transaction.

    A new shown name brings a new primary address; the username stays, and the former address still receives
    but no longer sends (docs/domain.md §2.3). Raises like `register_people`.
    """
    change_people([change], keys, by=by, now=now)


def transfer_person(
    person_id: int, academy_id: int, person: NewPerson, keys: NumenKeys, *, by: str, now: datetime
) -> Transferred:
    """Move somebody to another académie of this installation. Inside the caller's transaction.

    The NUMEN stays, username and address are new there; former addresses still receive and no longer send,
    and what was served there ends. Raises like `register_people`.
    """
    academy = Academy.objects.get(pk=academy_id)
    row = Person.objects.select_related("academy").get(pk=person_id)
    left = row.academy.domain
    names = free_names([person.civil], academy.domain)[0]
    first_day = min(post.starts_on for post in person.posts)
    Assignment.objects.filter(person=row, ends_on=None).update(ends_on=first_day - timedelta(days=1))
    row.academy, row.dossier, row.category = academy, person.dossier, person.category
    row.service_id = _service(queries.service_ids(academy_id), person.category, person.posts)
    row.save(update_fields=("academy", "dossier", "category", "service_id"))
    change_columns = PersonChange(person_id, civil=person.civil)
    if "erased_at" in _change_columns(row, change_columns):  # somebody who comes back after a long time
        reword([row])
        if person.numen:
            record_numen(person_id, person.numen, keys, by=by, now=now)
    MailAddress.objects.filter(person=row).update(is_primary=False, may_send=False)
    _keep_names([names], [row])
    _change_posts(row, person.posts)
    record(
        "directory.person-transferred",
        to=f"person:{person_id}",
        by=by,
        at=now,
        left=left,
        username=names.username,
    )
    announce(PeopleChanged([person_id]))
    return Transferred(left, names)


def forget_addresses(person_id: int, domain: str, *, by: str, now: datetime) -> None:
    """Former addresses in that domain receive nothing any more; nobody is ever given them.

    Inside the caller's transaction.
    """
    rows = MailAddress.objects.filter(person_id=person_id, address__endswith=f"@{domain}", is_primary=False)
    forgotten, _ = rows.delete()
    if forgotten:
        record("directory.addresses-forgotten", to=f"person:{person_id}", by=by, at=now, domain=domain)
        announce(PeopleChanged([person_id]))


def hide_people(person_ids: Sequence[int], *, hidden: bool, by: str, now: datetime) -> None:
    """The directory stops showing them, or shows them again. Inside the caller's transaction."""
    rows = Person.objects.filter(pk__in=person_ids, hidden_since__isnull=hidden)
    changed = list(rows.values_list("pk", flat=True))
    Person.objects.filter(pk__in=changed).update(hidden_since=now if hidden else None)
    act = "hidden" if hidden else "shown"
    record_many(Line(f"directory.person-{act}", to=f"person:{pk}", by=by, at=now) for pk in changed)


def erase_civil_status(person_id: int, username: str, *, by: str, now: datetime) -> bool:
    """Forget who somebody is; False when that was done before. Inside the caller's transaction.

    Kept: what must never be given again (username, addresses, keyed hash of the NUMEN), and the management
    service that answers for them. They are shown by their username, and nowhere in the directory.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    if person.erased_at:
        return False
    for column in (*_SHOWN, "civility", "recovery_address", "phone"):
        setattr(person, column, "")
    person.birth_date, person.erased_at = None, now
    person.hidden_since = person.hidden_since or now
    person.dossier, person.sorted_as = f"effacé-{person.pk}", username
    person.save()
    NameWord.objects.filter(person=person).delete()
    NameWord.objects.bulk_create([NameWord(person=person, word=word) for word in name_words(username, "")])
    NumenRow.objects.filter(person=person).update(ciphertext=b"")
    Assignment.objects.filter(person=person).delete()
    record("directory.civil-status-erased", to=f"person:{person_id}", by=by, at=now)
    announce(PeopleChanged([person_id]))
    return True


def _change(person: Person, change: PersonChange) -> list[str]:
    """Write what became different, addresses, words and NUMEN excepted; what did, by name."""
    changed = _change_columns(person, change)
    if change.posts:
        changed += _change_posts(person, change.posts)
    if change.posts or change.category:
        _reassign_service(person)
    return changed


_SHOWN = {"birth_name", "usage_name", "first_name", "chosen_first_name"}


def _service(services: Mapping[str, int], category: StaffCategory, posts: Iterable[Post]) -> int | None:
    """The management service, by the department of the primary post; None where there is none."""
    latest = sorted(posts, key=lambda p: (p.is_primary, p.starts_on))
    return services.get(service_code(category, latest[-1].uai[:3] if latest else ""))


def _assignment(person_id: int, post: Post, structures: Mapping[str, tuple[int, str]]) -> Assignment:
    columns = asdict(post)
    return Assignment(person_id=person_id, structure_id=structures[columns.pop("uai")][0], **columns)


def _keep_names(named: Sequence[Names], people: Sequence[Person]) -> None:
    kept = []
    for names, person in zip(named, people, strict=True):
        kept.append(TakenName(kind=TakenName.Kind.USERNAME, name=names.username, person=person))
        for address in (names.address, names.mailbox):
            kept.append(TakenName(kind=TakenName.Kind.ADDRESS, name=address, person=person))
    TakenName.objects.bulk_create(kept, batch_size=500)
    MailAddress.objects.bulk_create(
        [
            MailAddress(person=person, address=names.address, is_primary=True)
            for names, person in zip(named, people, strict=True)
        ],
        batch_size=500,
    )


def _keep_numens(held: Sequence[tuple[Person, Numen]], keys: NumenKeys, now: datetime) -> None:
    NumenRow.objects.bulk_create(
        [
            NumenRow(
                person=person,
                ciphertext=seal(numen, keys),
                digest=digest(numen, keys),
                layout=numen.layout,
                since=now,
            )
            for person, numen in held
        ],
        batch_size=500,
    )


def _change_columns(person: Person, change: PersonChange) -> list[str]:
    """Save what differs in the person's own row; what differed, by name."""
    wanted: dict[str, object] = {}
    for column in ("dossier", "category", "recovery_address"):
        if (value := getattr(change, column)) is not None:
            wanted[column] = value
    if change.civil:
        wanted |= asdict(change.civil)
        if person.erased_at:  # somebody who comes back
            wanted |= {"erased_at": None, "hidden_since": None}
    changed = [column for column, value in wanted.items() if getattr(person, column) != value]
    for column in changed:
        setattr(person, column, wanted[column])
    if changed:
        person.save(update_fields=changed)
    return changed


def _change_posts(person: Person, posts: Sequence[Post]) -> list[str]:
    """Add posts or replace those of the same key; the management service follows the primary one."""
    structures = queries.structures_by_uai({post.uai for post in posts})
    for post in posts:
        columns = asdict(post)
        key = {
            "person": person,
            "structure_id": structures[columns.pop("uai")][0],
            "starts_on": columns.pop("starts_on"),
            "function": columns.pop("function"),
        }
        Assignment.objects.update_or_create(**key, defaults=columns)
    return ["posts"]


def _reassign_service(person: Person) -> None:
    """The management service follows category and primary post."""
    services = queries.service_ids(person.academy_id)
    posts = queries.posts_of(person.pk)
    service_id = _service(services, StaffCategory(person.category), posts)
    if service_id != person.service_id:
        Person.objects.filter(pk=person.pk).update(service_id=service_id)
