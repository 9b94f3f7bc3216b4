"""What the worker does for classes."""

from django.utils import timezone

from vaguemestre.classes import services


def purge_rosters() -> None:
    services.purge(now=timezone.now())
