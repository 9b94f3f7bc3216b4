"""End of the retention of tokens, links and former keys: digests that open nothing any more."""

from datetime import datetime, timedelta

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.people.credentials.models import ActivationLink, FormerProgramKey, MailToken

FORMER_KEYS_KEPT = timedelta(days=60)  # a stolen former key is recognised that long
LINKS_KEPT = timedelta(days=30)  # the help desk sees that a link was sent


def delete_expired_tokens(*, now: datetime) -> None:
    """Delete mail tokens at their end, then activation links and former program keys after their time."""
    delete_batch(MailToken.objects.filter(expires_at__lt=now))
    delete_batch(ActivationLink.objects.filter(expires_at__lt=now - LINKS_KEPT))
    delete_batch(FormerProgramKey.objects.filter(replaced_at__lt=now - FORMER_KEYS_KEPT))
