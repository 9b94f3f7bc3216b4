"""Erasure of a person's data (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.access.signin.models import Attempts, BrowserSession, Device, InterruptedAct
from vaguemestre.foundation.journal.values import account_subject


@transaction.atomic(durable=True)
def erase_account(account_id: int) -> None:
    """Use case: delete the account's browsers, sessions, failure counter and interrupted acts."""
    InterruptedAct.objects.filter(account_id=account_id).delete()
    BrowserSession.objects.filter(account_id=account_id).delete()
    Device.objects.filter(account_id=account_id).delete()
    Attempts.objects.filter(subject=account_subject(account_id)).delete()
