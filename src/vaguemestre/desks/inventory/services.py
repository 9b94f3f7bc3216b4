"""What is done with the inventory: downloading it."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record


@transaction.atomic(durable=True)
def record_download(lines: int, *, by: str, now: datetime) -> None:
    """Use case: record the download of an inventory of so many lines."""
    record("inventory.file-taken", to="inventory", by=by, at=now, lines=lines)
