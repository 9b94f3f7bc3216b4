"""Rounds of operations."""

from django.utils import timezone

from vaguemestre.desks.operations import ports, services


def measure() -> None:
    """Periodic task: read what is measured, and keep it."""
    services.take_measures(ports.read_metrics.get(), now=timezone.now())


def purge_old_measures() -> None:
    """Periodic task: delete what was measured long ago."""
    services.delete_old_measures(timezone.now())
