"""What a school's owner decides: who may write to whom."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.queries import listed_person_at, structures_of
from vaguemestre.schools.rosters.models import AllowedRow, RightRow
from vaguemestre.schools.rosters.queries import own_school, rights_in
from vaguemestre.schools.rosters.values import Asker, Right


@transaction.atomic(durable=True)
def decide_rights(asker: Asker, uai: str, chosen: Collection[Right], *, now: datetime) -> None:
    """Raises Refusal `rosters.not-the-owner`."""
    school = own_school(asker, uai)
    before = rights_in(school.structure_id)
    for one in chosen:
        if before[one.role, one.side] is one.reach:
            continue
        RightRow.objects.update_or_create(
            structure_id=school.structure_id,
            role=one.role,
            side=one.side,
            defaults={"reach": one.reach},
        )
        record(
            "rosters.right-decided",
            to=f"structure:{school.structure_id}",
            by=f"account:{asker.account_id}",
            at=now,
            role=str(one.role),
            side=str(one.side),
            reach=str(one.reach),
        )


@transaction.atomic(durable=True)
def allow_person(asker: Asker, uai: str, address: str, *, now: datetime) -> None:
    """Let somebody of the school write to every class.

    Raises Refusal `rosters.not-the-owner`, `rosters.not-of-the-school`.
    """
    school = own_school(asker, uai)
    found = listed_person_at(address)
    if found is None or school.structure_id not in dict(structures_of(found.person_id, asker.today)):
        raise Refusal("rosters.not-of-the-school", field="address")
    AllowedRow.objects.get_or_create(structure_id=school.structure_id, person_id=found.person_id)
    record(
        "rosters.person-allowed",
        to=f"person:{found.person_id}",
        by=f"account:{asker.account_id}",
        at=now,
        school=uai,
    )


@transaction.atomic(durable=True)
def forbid_person(asker: Asker, uai: str, person_id: int, *, now: datetime) -> None:
    """Twice is once. Raises Refusal `rosters.not-the-owner`."""
    school = own_school(asker, uai)
    if AllowedRow.objects.filter(structure_id=school.structure_id, person_id=person_id).delete()[0]:
        record(
            "rosters.person-forbidden",
            to=f"person:{person_id}",
            by=f"account:{asker.account_id}",
            at=now,
            school=uai,
        )
