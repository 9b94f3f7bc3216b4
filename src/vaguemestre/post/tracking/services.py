"""Journal of message searches in the mail of somebody else."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject


@transaction.atomic(durable=True)
def record_search(account_id: int, *, by: str, now: datetime) -> None:
    """Use case: journal that the mail of an account was searched, never the results."""
    record("tracking.mail-searched", to=account_subject(account_id), by=by, at=now)
