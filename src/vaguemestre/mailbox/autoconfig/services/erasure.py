"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.mailbox.autoconfig.models import ProgramCode


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: mail programs let in."""
    ProgramCode.objects.filter(account_id=account_id).delete()
