"""Periodic tasks of the journal."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.journal import chain
from vaguemestre.foundation.journal.endings import FOLDER, copy_endings


def keep_journal() -> None:
    """Periodic task: seal new entries and past months, then erase the months past their retention.

    Acts that ended an access are copied out of the database first.
    """
    now = timezone.now()
    chain.seal_entries(now=now)
    copy_endings(settings.CONFIG.data_dir / FOLDER, months_kept=settings.CONFIG.backup.keep_months, now=now)
    chain.seal_months(settings.CONFIG.retention.journal_months, now=now)
    chain.erase_expired_months(now=now)
