"""Erasure of contacts (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.mailbox.contacts.models import BookWriter, Contact


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Delete the own address book of the account, and its right to write in others."""
    Contact.objects.filter(account_id=account_id).delete()
    BookWriter.objects.filter(account_id=account_id).delete()
