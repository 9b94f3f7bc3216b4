"""Erasure of the webmail's data (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.mailbox.webmail.models import BulkRow, ReminderRow


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Delete an account's reminders and bulk actions."""
    BulkRow.objects.filter(account_id=account_id).delete()
    ReminderRow.objects.filter(account_id=account_id).delete()
