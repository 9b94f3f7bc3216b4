"""Deletion of reports past their time."""

from datetime import datetime, timedelta

from vaguemestre.desks.domainreports.models import DomainReport, ReadingCost, SetAsideMessage
from vaguemestre.foundation.jobs.purge import delete_batch

RETENTION = timedelta(days=400)
_SET_ASIDE_DAYS = 30  # the messages themselves were deleted as they were counted


def delete_old_reports(now: datetime) -> None:
    """Delete a batch of reports, with what they count, of the marks of messages set aside, of costs."""
    delete_batch(SetAsideMessage.objects.filter(counted_at__lt=now - timedelta(days=_SET_ASIDE_DAYS)))
    delete_batch(ReadingCost.objects.filter(day__lt=(now - timedelta(days=_SET_ASIDE_DAYS)).date()))
    delete_batch(DomainReport.objects.filter(received_at__lt=now - RETENTION))
