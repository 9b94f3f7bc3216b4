"""Retention of the records of imports and exports."""

from datetime import datetime, timedelta

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.mailbox.portability.models import Move


def delete_old_moves(days: int, *, now: datetime) -> None:
    """Delete imports and exports that ended more than that many days ago and have no file left."""
    delete_batch(Move.objects.filter(ended_at__lt=now - timedelta(days=days), stored=""))
