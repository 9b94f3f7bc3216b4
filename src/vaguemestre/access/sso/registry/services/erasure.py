"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.access.sso.registry.models import Consent, Visit


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: applications visited and what they were told; names given there stay theirs alone."""
    Visit.objects.filter(account_id=account_id).delete()
    Consent.objects.filter(account_id=account_id).delete()
