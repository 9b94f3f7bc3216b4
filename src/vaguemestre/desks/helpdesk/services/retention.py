"""End of the retention of help requests and hand-overs."""

from datetime import datetime, timedelta

from vaguemestre.desks.helpdesk.models import HandOverRow, RequestRow
from vaguemestre.foundation.jobs.purge import delete_batch


def delete_old_requests(days: int, *, now: datetime) -> None:
    """Delete requests answered, and hand-overs asked, more than that many days ago."""
    over = now - timedelta(days=days)
    delete_batch(RequestRow.objects.filter(answered_at__lt=over))
    delete_batch(HandOverRow.objects.filter(until__lt=over))
