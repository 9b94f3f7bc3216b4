"""Periodic tasks of the journal."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.journal import chain


def keep_journal() -> None:
    """Seal the lines that wait, then the months that are over; erase those whose time is over."""
    now = timezone.now()
    chain.seal_entries(now=now)
    chain.seal_months(settings.CONFIG.retention.journal_months, now=now)
    chain.erase_expired_months(now=now)
