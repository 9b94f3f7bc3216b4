"""Deletion of reports past their time."""

from datetime import datetime, timedelta

from vaguemestre.desks.domainreports.models import DomainReport
from vaguemestre.foundation.jobs.purge import delete_batch

RETENTION = timedelta(days=400)


def delete_old_reports(now: datetime) -> None:
    """Delete a batch of reports, with what they count."""
    delete_batch(DomainReport.objects.filter(received_at__lt=now - RETENTION))
