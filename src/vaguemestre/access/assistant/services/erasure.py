"""Erasure of a person's data (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.access.assistant.models import IssuedCode


@transaction.atomic(durable=True)
def erase_account(account_id: int) -> None:
    """Use case: delete the account's issued codes."""
    IssuedCode.objects.filter(account_id=account_id).delete()
