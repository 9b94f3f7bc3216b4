"""Change registered people: civil status, posts, visibility, addresses. Parts of a transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db.models import DateField, Q, Value
from django.db.models.functions import Greatest

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import Line, record, record_many
from vaguemestre.foundation.journal.values import person_subject
from vaguemestre.people.directory import queries
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.models import Academy, Assignment, MailAddress, Person, TakenName
from vaguemestre.people.directory.rules.names import is_username_of
from vaguemestre.people.directory.services.name_changes import assign_primary_addresses, reindex_names
from vaguemestre.people.directory.services.names import allocate_names, take_address
from vaguemestre.people.directory.services.numens import record_numen
from vaguemestre.people.directory.services.registration import managing_service_id
from vaguemestre.people.directory.values import (
    CivilStatus,
    NewPerson,
    NumenKeys,
    PersonChange,
    Post,
    StaffCategory,
    Transferred,
)

SHOWN_NAME_COLUMNS = frozenset({"birth_name", "usage_name", "first_name", "chosen_first_name"})


def lock_person(person_id: int) -> None:
    """Let nobody else change somebody until the caller's transaction ends."""
    Person.objects.select_for_update().filter(pk=person_id).first()


def change_person(change: PersonChange, keys: NumenKeys, *, by: str, now: datetime) -> None:
    """Apply a change to somebody. Inside the caller's transaction.

    A new shown name brings a new primary address; the username stays, and the former address still receives
    but no longer sends (docs/domain.md §2.3). Raises as `register_people`.
    """
    change_people([change], keys, by=by, now=now)


def change_people(changes: Sequence[PersonChange], keys: NumenKeys, *, by: str, now: datetime) -> None:
    """`change_person` for several people, announced once. Inside the caller's transaction."""
    people = Person.objects.select_related("academy").in_bulk([change.person_id for change in changes])
    renamed, lines = dict[int, Person](), list[Line]()
    for change in changes:
        person = people[change.person_id]
        what = _apply_change(person, change)
        if set(what) & SHOWN_NAME_COLUMNS:
            renamed[person.pk] = person
        if what:
            details = {"what": ", ".join(what)}
            lines.append(Line("directory.person-changed", person_subject(person.pk), by, now, details))
    assign_primary_addresses(renamed.values())
    reindex_names(renamed.values())
    record_many(lines)
    for change in changes:
        if change.numen:
            record_numen(change.person_id, change.numen, keys, by=by, now=now)
    if changes:
        announce(PeopleChanged([change.person_id for change in changes]))


def transfer_person(
    person_id: int,
    academy_id: int,
    person: NewPerson,
    keys: NumenKeys,
    *,
    by: str,
    now: datetime,
    username: str = "",
) -> Transferred:
    """Move somebody to another académie of this installation. Inside the caller's transaction.

    The NUMEN stays; the address is new there, or the one they had there before, and so is the username unless
    theirs is given. Former addresses still receive and no longer send, and the posts in the former académie
    end. Raises as `register_people`.
    """
    academy = Academy.objects.get(pk=academy_id)
    row = Person.objects.select_related("academy").get(pk=person_id)
    left_domain = row.academy.domain
    username = username or _username_there(row, person.civil, academy.domain)
    _end_posts(row, before=min(post.starts_on for post in person.posts))
    row.academy, row.dossier, row.category = academy, person.dossier, person.category
    row.service_id = managing_service_id(queries.service_ids(academy_id), person.category, person.posts)
    row.save(update_fields=("academy", "dossier", "category", "service_id"))
    if "erased_at" in _save_columns(row, PersonChange(person_id, civil=person.civil)):
        # Their civil status had been erased: index names, and record the NUMEN, anew.
        reindex_names([row])
        if person.numen:
            record_numen(person_id, person.numen, keys, by=by, now=now)
    assign_primary_addresses([row])
    _save_posts(row, person.posts)
    words = {"left": left_domain, "username": username}
    record("directory.person-transferred", to=person_subject(person_id), by=by, at=now, **words)
    announce(PeopleChanged([person_id]))
    address = MailAddress.objects.get(person=row, is_primary=True).address
    return Transferred(left_domain, username, address)


def _end_posts(person: Person, *, before: date) -> None:
    last_day = before - timedelta(days=1)
    open_later = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gt=last_day), person=person)
    open_later.update(ends_on=Greatest("starts_on", Value(last_day, DateField())))


def _username_there(row: Person, civil: CivilStatus, domain: str) -> str:
    """The username of that domain somebody had before, or a new one, stored with the mailbox it makes."""
    taken_names = TakenName.objects.filter(person=row).order_by("id")
    addresses = set(taken_names.filter(kind=TakenName.Kind.ADDRESS).values_list("name", flat=True))
    for name in taken_names.filter(kind=TakenName.Kind.USERNAME).values_list("name", flat=True):
        if f"{name}@{domain}" in addresses and is_username_of(
            name, civil.shown_first_name, civil.shown_last_name
        ):
            return name
    names = allocate_names([civil], domain)[0]
    kinds = ((TakenName.Kind.USERNAME, names.username), (TakenName.Kind.ADDRESS, names.mailbox))
    TakenName.objects.bulk_create([TakenName(kind=kind, name=name, person=row) for kind, name in kinds])
    return names.username


def add_address(person_id: int, address: str, *, by: str, now: datetime) -> None:
    """Give somebody a further address, to receive and send; a former one of theirs may send again.

    Inside the caller's transaction. Raises Refusal `directory.address-taken` when it is, or was, another's.
    """
    row = MailAddress.objects.filter(person_id=person_id, address=address).first()
    if row is None:
        take_address(person_id, address)
        MailAddress.objects.create(person_id=person_id, address=address)
        record("directory.address-added", to=person_subject(person_id), by=by, at=now, address=address)
    elif row.may_send:
        return
    else:
        MailAddress.objects.filter(pk=row.pk).update(may_send=True)
    announce(PeopleChanged([person_id]))


def delete_former_addresses(person_id: int, domain: str, *, by: str, now: datetime) -> None:
    """Delete somebody's former addresses in that domain; nobody is ever given them again.

    Inside the caller's transaction.
    """
    rows = MailAddress.objects.filter(person_id=person_id, address__endswith=f"@{domain}", is_primary=False)
    deleted, _ = rows.delete()
    if deleted:
        record("directory.addresses-forgotten", to=person_subject(person_id), by=by, at=now, domain=domain)
        announce(PeopleChanged([person_id]))


def hide_people(person_ids: Sequence[int], *, hidden: bool, by: str, now: datetime) -> None:
    """Hide people from the directory, or show them again. Inside the caller's transaction."""
    rows = Person.objects.filter(pk__in=person_ids, hidden_since__isnull=hidden)
    changed = list(rows.values_list("pk", flat=True))
    Person.objects.filter(pk__in=changed).update(hidden_since=now if hidden else None)
    act = "hidden" if hidden else "shown"
    record_many(Line(f"directory.person-{act}", to=person_subject(pk), by=by, at=now) for pk in changed)


def _apply_change(person: Person, change: PersonChange) -> list[str]:
    """Save the change, except addresses, name words and NUMEN; returns the names of what changed."""
    changed = _save_columns(person, change)
    if change.posts:
        _save_posts(person, change.posts)
        changed.append("posts")
    if change.posts or change.category:
        _reassign_service(person)
    return changed


def _save_columns(person: Person, change: PersonChange) -> list[str]:
    """Save the changed columns of the person's row; returns their names."""
    values: dict[str, object] = {}
    for column in ("dossier", "category", "recovery_address"):
        if (value := getattr(change, column)) is not None:
            values[column] = value
    if change.civil:
        values |= asdict(change.civil)
        if person.erased_at:  # somebody who comes back
            values |= {"erased_at": None, "hidden_since": None}
    changed = [column for column, value in values.items() if getattr(person, column) != value]
    for column in changed:
        setattr(person, column, values[column])
    if changed:
        person.save(update_fields=changed)
    return changed


def _save_posts(person: Person, posts: Sequence[Post]) -> None:
    """Add posts, or replace those of the same key."""
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


def _reassign_service(person: Person) -> None:
    """The management service follows category and primary post."""
    services = queries.service_ids(person.academy_id)
    posts = queries.posts_of(person.pk)
    service_id = managing_service_id(services, StaffCategory(person.category), posts)
    if service_id != person.service_id:
        Person.objects.filter(pk=person.pk).update(service_id=service_id)
