"""Periodic task of breaches."""

from django.utils import timezone

from vaguemestre.desks.breaches import services


def purge_old_breaches() -> None:
    """Periodic task: delete files closed long ago."""
    services.delete_old_breaches(now=timezone.now())
