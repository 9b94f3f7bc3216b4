"""Erasure of a person's data in rosters (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.schools.rosters.models import AllowedRow, EntLinkRow, StagedRow


@transaction.atomic(durable=True)
def forget_person(account_id: int, person_id: int) -> None:
    """Use case: delete their ENT link, staged files and writing permission."""
    EntLinkRow.objects.filter(account_id=account_id).delete()
    StagedRow.objects.filter(account_id=account_id).delete()
    AllowedRow.objects.filter(person_id=person_id).delete()
