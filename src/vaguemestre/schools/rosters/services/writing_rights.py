"""Writing rights, set by the owner of a school."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, person_subject, structure_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.queries import listed_person_at, structures_of
from vaguemestre.schools.rosters.models import AllowedRow, RightRow
from vaguemestre.schools.rosters.queries import own_school, rights_in
from vaguemestre.schools.rosters.values import ClassWriter, Right


@transaction.atomic(durable=True)
def decide_rights(writer: ClassWriter, uai: str, rights: Collection[Right], *, now: datetime) -> None:
    """Set the rights of roles. Raises Refusal `rosters.not-the-owner`."""
    school = own_school(writer, uai)
    current = rights_in(school.structure_id)
    for right in rights:
        if current[right.role, right.side] is right.reach:
            continue
        RightRow.objects.update_or_create(
            structure_id=school.structure_id,
            role=right.role,
            side=right.side,
            defaults={"reach": right.reach},
        )
        record(
            "rosters.right-decided",
            to=structure_subject(school.structure_id),
            by=account_subject(writer.account_id),
            at=now,
            role=str(right.role),
            side=str(right.side),
            reach=str(right.reach),
        )


@transaction.atomic(durable=True)
def allow_person(writer: ClassWriter, uai: str, address: str, *, now: datetime) -> None:
    """Allow a person of the school to write to every class.

    Raises Refusal `rosters.not-the-owner`, `rosters.not-of-the-school`.
    """
    school = own_school(writer, uai)
    listed = listed_person_at(address)
    if listed is None or school.structure_id not in dict(structures_of(listed.person_id, writer.today)):
        raise Refusal("rosters.not-of-the-school", field="address")
    AllowedRow.objects.get_or_create(structure_id=school.structure_id, person_id=listed.person_id)
    record(
        "rosters.person-allowed",
        to=person_subject(listed.person_id),
        by=account_subject(writer.account_id),
        at=now,
        school=uai,
    )


@transaction.atomic(durable=True)
def forbid_person(writer: ClassWriter, uai: str, person_id: int, *, now: datetime) -> None:
    """Withdraw that permission. Idempotent. Raises Refusal `rosters.not-the-owner`."""
    school = own_school(writer, uai)
    if AllowedRow.objects.filter(structure_id=school.structure_id, person_id=person_id).delete()[0]:
        record(
            "rosters.person-forbidden",
            to=person_subject(person_id),
            by=account_subject(writer.account_id),
            at=now,
            school=uai,
        )
