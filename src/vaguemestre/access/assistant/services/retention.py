"""Retention of issued codes."""

from datetime import datetime, timedelta

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.foundation.jobs.purge import delete_batch

CODES_KEPT = timedelta(days=30)  # after their expiry, so that the help desk sees what was sent


def delete_old_codes(*, now: datetime) -> None:
    """Delete the codes that expired more than CODES_KEPT ago, used or not."""
    delete_batch(IssuedCode.objects.filter(until__lt=now - CODES_KEPT))
