"""What every decision does: count one more, and wake whoever makes Dovecot follow."""

from django.db.models import F

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import ScriptRow


def changed(account_id: int) -> SortingChanged:
    """Inside the caller's transaction."""
    ScriptRow.objects.get_or_create(account_id=account_id)
    ScriptRow.objects.filter(account_id=account_id).update(wanted=F("wanted") + 1)
    event = SortingChanged(account_id)
    announce(event)
    return event
