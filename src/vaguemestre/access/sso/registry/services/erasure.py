"""Erasure of a person's data (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.access.sso.registry.models import Consent, Visit


@transaction.atomic(durable=True)
def erase_account(account_id: int) -> None:
    """Use case: delete visits and consents. Subject identifiers stay, so that they are never reassigned."""
    Visit.objects.filter(account_id=account_id).delete()
    Consent.objects.filter(account_id=account_id).delete()
