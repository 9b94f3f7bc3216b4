"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.schools.sharing.models import Box, BoxRequest, Entrance, Member, Presence
from vaguemestre.schools.sharing.values import Kind


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: the mailbox they lent, what they asked, from where; what they wrote in a box is the box's."""
    Box.objects.filter(account_id=account_id, kind=Kind.PERSON).delete()
    BoxRequest.objects.filter(asked_by_id=account_id, box=None).delete()
    Entrance.objects.filter(account_id=account_id).delete()
    Presence.objects.filter(account_id=account_id).delete()
    Member.objects.filter(account_id=account_id).delete()
