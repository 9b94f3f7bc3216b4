"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.desks.helpdesk.models import HandOverRow, RequestRow


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: what they asked the desk, and what was handed over to them."""
    RequestRow.objects.filter(account_id=account_id).delete()
    HandOverRow.objects.filter(account_id=account_id).delete()
