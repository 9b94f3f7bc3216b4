"""Retention of expired tokens, links and former keys, of which only digests are stored."""

from datetime import datetime, timedelta

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.people.credentials.models import ActivationLink, FormerProgramKey, MailToken

FORMER_KEYS_KEPT = timedelta(days=60)  # the use of a stolen former key is detected that long
LINKS_KEPT = timedelta(days=30)  # so that the help desk sees that a link was sent


def delete_expired_tokens(*, now: datetime) -> None:
    """Delete expired mail tokens, and activation links and former program keys past their retention."""
    delete_batch(MailToken.objects.filter(expires_at__lt=now))
    delete_batch(ActivationLink.objects.filter(expires_at__lt=now - LINKS_KEPT))
    delete_batch(FormerProgramKey.objects.filter(replaced_at__lt=now - FORMER_KEYS_KEPT))
