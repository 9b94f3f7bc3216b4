"""Erasure of a person's data at the help desk (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.desks.helpdesk.models import HandOverRow, RequestRow


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete their requests and hand-overs."""
    RequestRow.objects.filter(account_id=account_id).delete()
    HandOverRow.objects.filter(account_id=account_id).delete()
