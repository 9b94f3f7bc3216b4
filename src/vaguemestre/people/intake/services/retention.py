"""Retention of feeds: their lines quote civil status."""

from datetime import datetime, timedelta

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.people.intake.models import AppliedLine, MatchCandidate, RefusedRow


def delete_old_lines(days: int, *, now: datetime) -> None:
    """Delete lines of feeds, and answered match candidates, older than that many days; counts stay."""
    limit = now - timedelta(days=days)
    delete_batch(AppliedLine.objects.filter(feed__started_at__lt=limit))
    delete_batch(RefusedRow.objects.filter(feed__started_at__lt=limit))
    delete_batch(MatchCandidate.objects.filter(answered_at__lt=limit))
