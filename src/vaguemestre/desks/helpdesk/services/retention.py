"""Retention of help requests and hand-overs."""

from datetime import datetime, timedelta

from vaguemestre.desks.helpdesk.models import HandOverRow, RequestRow
from vaguemestre.foundation.jobs.purge import delete_batch


def delete_old_requests(days: int, *, now: datetime) -> None:
    """Delete help requests answered, and hand-overs requested, more than that many days ago."""
    limit = now - timedelta(days=days)
    delete_batch(RequestRow.objects.filter(answered_at__lt=limit))
    delete_batch(HandOverRow.objects.filter(until__lt=limit))
