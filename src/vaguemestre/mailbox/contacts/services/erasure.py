"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.mailbox.contacts.models import BookWriter, Contact


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: their own address book, and what they may write in."""
    Contact.objects.filter(account_id=account_id).delete()
    BookWriter.objects.filter(account_id=account_id).delete()
