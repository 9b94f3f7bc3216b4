"""Retention of texts begun and of whom mailings went to."""

from datetime import datetime, timedelta

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.mailbox.compose.models import Composition, Mailing, MailingCopy
from vaguemestre.mailbox.compose.values import MailingState

CLASS_RECIPIENTS_KEPT = timedelta(days=30)
ABANDONED_AFTER = timedelta(days=30)


def delete_abandoned(*, now: datetime) -> None:
    """Delete compositions left untouched for ABANDONED_AFTER; their drafts stay in the mailbox."""
    unsent = Composition.objects.filter(is_sending=False, updated_at__lt=now - ABANDONED_AFTER)
    delete_batch(unsent.exclude(mailing__state__in=(MailingState.RUNNING, MailingState.STOPPED)))


def delete_old_mailings(days: int, *, now: datetime) -> None:
    """Delete the recipients of old class mailings, then mailings finished more than that many days ago."""
    finished = Mailing.objects.filter(state=MailingState.DONE)
    to_classes = finished.filter(created_at__lt=now - CLASS_RECIPIENTS_KEPT).exclude(audiences=[])
    delete_batch(MailingCopy.objects.filter(mailing__in=to_classes))
    delete_batch(finished.filter(created_at__lt=now - timedelta(days=days)))
