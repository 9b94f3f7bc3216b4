"""Redirects of a mailbox whose owner may not have set them."""

from datetime import datetime

from vaguemestre.foundation.journal.services import record
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import FilterRow, ScriptRow
from vaguemestre.mailbox.sorting.queries import expert_of
from vaguemestre.mailbox.sorting.rules.expert import commented, sends_on
from vaguemestre.mailbox.sorting.services.revision import changed


def stop_redirects(account_id: int, *, by: str, now: datetime) -> SortingChanged:
    """Switch off whatever sends mail on to another address. Inside the caller's transaction.

    Filters stay in the list, the part written by hand becomes comments, and another program's script no
    longer runs: the owner reads them, and sets them again. Waits for the mailbox to open if it is held.
    """
    rows = FilterRow.objects.filter(account_id=account_id, is_on=True)
    filters = [row.pk for row in rows if row.outcome.get("forward_to")]
    FilterRow.objects.filter(pk__in=filters).update(is_on=False)
    event = changed(account_id)
    script = ScriptRow.objects.filter(account_id=account_id)
    written = expert_of(account_id)
    script.update(drops_redirects=True, **({"expert": commented(written)} if sends_on(written) else {}))
    record("sorting.redirects-stopped", to=f"account:{account_id}", by=by, at=now, filters=len(filters))
    return event
