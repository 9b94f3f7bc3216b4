"""Retention of submissions."""

from datetime import datetime, timedelta

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.post.outbox.models import OutboxMessage, Submission
from vaguemestre.post.outbox.values import HoldState


def purge_submissions(days: int, *, now: datetime) -> None:
    """Delete submissions older than that many days, unless they are held, and messages that ended before."""
    limit = now - timedelta(days=days)
    delete_batch(Submission.objects.filter(at__lt=limit).exclude(hold=HoldState.HELD))
    delete_batch(OutboxMessage.objects.filter(state__in=OutboxMessage.ENDED, due_at__lt=limit))
