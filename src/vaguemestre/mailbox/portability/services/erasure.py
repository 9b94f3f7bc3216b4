"""Erasure of a person's data (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.mailbox.portability.models import Move


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete the person's imports and exports, except a running one."""
    Move.objects.filter(account_id=account_id).exclude(state="running").delete()
