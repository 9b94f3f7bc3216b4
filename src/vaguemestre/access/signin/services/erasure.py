"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.access.signin.models import Attempts, BrowserSession, Device, InterruptedAct


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: browsers, networks, sessions and acts kept for the account."""
    InterruptedAct.objects.filter(account_id=account_id).delete()
    BrowserSession.objects.filter(account_id=account_id).delete()
    Device.objects.filter(account_id=account_id).delete()
    Attempts.objects.filter(subject=f"account:{account_id}").delete()
