"""Erasure of sorting settings (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.mailbox.sorting.models import AbsenceRow, FilterRow, PassRow, ScriptRow, SpamRow


@transaction.atomic(durable=True)
def forget_person(account_id: int, person_id: int) -> None:
    """Delete all sorting settings of the account, and remove the person as a replacement."""
    for table in (PassRow, FilterRow, AbsenceRow, SpamRow, ScriptRow):
        table._default_manager.filter(account_id=account_id).delete()
    AbsenceRow.objects.filter(replacement_id=person_id).update(replacement=None)
