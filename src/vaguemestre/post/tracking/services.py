"""The journal line of whoever looks at the mail of somebody else."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record


@transaction.atomic(durable=True)
def record_search(account_id: int, *, by: str, now: datetime) -> None:
    """Write down that the mail of an account was looked through, never what was found."""
    record("tracking.mail-searched", to=f"account:{account_id}", by=by, at=now)
