"""Erasure of a person's data (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.mailbox.autoconfig.models import ProgramCode


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete the authorization codes of mail clients."""
    ProgramCode.objects.filter(account_id=account_id).delete()
