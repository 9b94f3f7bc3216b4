"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.schools.rosters.models import AllowedRow, EntLinkRow, StagedRow


@transaction.atomic(durable=True)
def forget_person(account_id: int, person_id: int) -> None:
    """Use case: their name in the ENT, and what they might write to."""
    EntLinkRow.objects.filter(account_id=account_id).delete()
    StagedRow.objects.filter(account_id=account_id).delete()
    AllowedRow.objects.filter(person_id=person_id).delete()
