"""Revision of the sorting settings of an account."""

from django.db.models import F

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import ScriptRow


def bump_revision(account_id: int) -> SortingChanged:
    """Count a change of settings and announce it. Inside the caller's transaction."""
    ScriptRow.objects.get_or_create(account_id=account_id)
    ScriptRow.objects.filter(account_id=account_id).update(wanted=F("wanted") + 1)
    event = SortingChanged(account_id)
    announce(event)
    return event
