"""Retention of the recipients of list messages."""

from datetime import datetime, timedelta

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.schools.lists.models import Batch, LetterCopy


def delete_old_copies(days: int, *, now: datetime) -> None:
    """Delete the copies, and their batches, of messages delivered more than that many days ago."""
    limit = now - timedelta(days=days)
    delete_batch(LetterCopy.objects.filter(letter__ended_at__lt=limit))
    delete_batch(Batch.objects.filter(letter__ended_at__lt=limit))
