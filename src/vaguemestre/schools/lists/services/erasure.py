"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.schools.lists.models import CopyRow, Keeper, LetterRow, Subscriber


@transaction.atomic(durable=True)
def forget_person(account_id: int, person_id: int) -> None:
    """Use case: lists they were in or kept; copies keep their address, without name nor reasons."""
    Subscriber.objects.filter(person_id=person_id).delete()
    Keeper.objects.filter(account_id=account_id).delete()
    LetterRow.objects.filter(author_id=account_id).update(sender_name="")
    CopyRow.objects.filter(person_id=person_id).update(name="", reasons=[])
