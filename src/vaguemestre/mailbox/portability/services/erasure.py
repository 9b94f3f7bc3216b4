"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.mailbox.portability.models import Move


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: which mail they brought in or took away."""
    Move.objects.filter(account_id=account_id).exclude(state="running").delete()
