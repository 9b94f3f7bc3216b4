"""Periodic tasks of the journal."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.journal import chain


def keep_journal() -> None:
    """Periodic task: seal new entries and past months, then erase the months past their retention."""
    now = timezone.now()
    chain.seal_entries(now=now)
    chain.seal_months(settings.CONFIG.retention.journal_months, now=now)
    chain.erase_expired_months(now=now)
