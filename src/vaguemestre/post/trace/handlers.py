"""Rounds of the trace."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.post.trace import services


def purge_old_steps() -> None:
    """Make the months to come, and remove those over."""
    services.purge_steps(settings.CONFIG.mail.trace_months, now=timezone.now())
