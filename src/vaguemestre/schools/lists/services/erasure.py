"""Erasure of a person's data (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.schools.lists.models import LetterCopy, ListLetter, ListRole, Subscriber


@transaction.atomic(durable=True)
def forget_person(account_id: int, person_id: int) -> None:
    """Use case: delete their subscriptions and roles; copies keep the address, without name or reasons."""
    Subscriber.objects.filter(person_id=person_id).delete()
    ListRole.objects.filter(account_id=account_id).delete()
    ListLetter.objects.filter(author_id=account_id).update(sender_name="")
    LetterCopy.objects.filter(person_id=person_id).update(name="", reasons=[])
