"""Stop the redirects of a compromised mailbox."""

from datetime import datetime

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import FilterRow, ScriptRow
from vaguemestre.mailbox.sorting.queries import expert_script_of
from vaguemestre.mailbox.sorting.rules.expert import comment_out, may_redirect
from vaguemestre.mailbox.sorting.services.revision import bump_revision


def stop_redirects(account_id: int, *, by: str, now: datetime) -> SortingChanged:
    """Switch off everything that redirects mail. Inside the caller's transaction.

    Filters stay in the list, the script written by hand is commented out, another program's script no longer
    runs: the owner can read them and set them again. A mailbox on hold is treated as soon as it opens.
    """
    rows = FilterRow.objects.filter(account_id=account_id, is_on=True)
    filters = [row.pk for row in rows if row.outcome.get("forward_to")]
    FilterRow.objects.filter(pk__in=filters).update(is_on=False)
    event = bump_revision(account_id)
    script_row = ScriptRow.objects.filter(account_id=account_id)
    expert_script = expert_script_of(account_id)
    script_row.update(
        drops_redirects=True,
        **({"expert": comment_out(expert_script)} if may_redirect(expert_script) else {}),
    )
    record("sorting.redirects-stopped", to=account_subject(account_id), by=by, at=now, filters=len(filters))
    return event
