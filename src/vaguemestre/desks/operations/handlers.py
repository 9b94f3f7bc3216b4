"""Rounds of operations."""

from datetime import timedelta

from django.utils import timezone

from vaguemestre.desks.operations import ports, services
from vaguemestre.foundation.jobs.periodic import every, without_backoff


@without_backoff
@every(timedelta(seconds=30))  # with the age of what `/metrics` gives, less than a minute
def measure() -> None:
    """Periodic task: read what is measured, and keep it."""
    services.take_measures(ports.read_metrics.get(), now=timezone.now())


def purge_old_measures() -> None:
    """Periodic task: delete what was measured long ago."""
    services.delete_old_measures(timezone.now())
