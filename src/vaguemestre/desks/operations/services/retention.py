"""Deletion of measures past their time."""

from datetime import datetime, timedelta

from vaguemestre.desks.operations.models import Alarm, DestinationDay, MetricSample
from vaguemestre.desks.operations.rules.slots import RETENTION
from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.kernel.times import paris_day

ALARMS_KEPT = timedelta(days=400)
DESTINATIONS_KEPT = timedelta(days=400)


def delete_old_measures(now: datetime) -> None:
    """Delete a batch of each kind."""
    for resolution, kept in RETENTION.items():
        delete_batch(MetricSample.objects.filter(resolution=resolution, at__lt=now - kept))
    delete_batch(Alarm.objects.filter(closed_at__lt=now - ALARMS_KEPT))
    delete_batch(DestinationDay.objects.filter(day__lt=paris_day(now - DESTINATIONS_KEPT)))
