"""Erasure of a person's data in shared mailboxes (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.schools.sharing.models import Box, BoxRequest, ClientSignIn, Member, Presence
from vaguemestre.schools.sharing.values import BoxKind


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete their delegations, requests, sign-ins and memberships. Notes stay with the box."""
    Box.objects.filter(account_id=account_id, kind=BoxKind.PERSON).delete()
    BoxRequest.objects.filter(asked_by_id=account_id, box=None).delete()
    ClientSignIn.objects.filter(account_id=account_id).delete()
    Presence.objects.filter(account_id=account_id).delete()
    Member.objects.filter(account_id=account_id).delete()
