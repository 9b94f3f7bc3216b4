"""Periodic tasks of the queue itself."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.jobs import services


def purge_failed_jobs() -> None:
    """Periodic task: delete the failed jobs past their retention."""
    services.delete_old_failed_jobs(settings.CONFIG.retention.failed_jobs_days, now=timezone.now())


def purge_finished_jobs() -> None:
    """Periodic task: delete the jobs that succeeded long ago: their arguments are personal data."""
    services.delete_old_jobs(timezone.now())
