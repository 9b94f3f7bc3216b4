"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.mailbox.webmail.models import BulkRow, ReminderRow


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: reminders, and what was done to many messages."""
    BulkRow.objects.filter(account_id=account_id).delete()
    ReminderRow.objects.filter(account_id=account_id).delete()
