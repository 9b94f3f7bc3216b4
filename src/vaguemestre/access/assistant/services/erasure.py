"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.access.assistant.models import IssuedCode


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: codes that were given to open the account."""
    IssuedCode.objects.filter(account_id=account_id).delete()
