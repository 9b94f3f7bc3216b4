"""What becomes of unwanted mail."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import SpamRow
from vaguemestre.mailbox.sorting.rules.senders import check_spam
from vaguemestre.mailbox.sorting.services.revision import changed
from vaguemestre.mailbox.sorting.values import SpamChoice


@transaction.atomic(durable=True)
def save_spam(account_id: int, choice: SpamChoice, *, by: str, now: datetime) -> SortingChanged:
    """Raises Refusal `sorting.senders-…`."""
    check_spam(choice)
    kept = {"is_sorted": choice.is_sorted, "allowed": list(choice.allowed), "denied": list(choice.denied)}
    SpamRow.objects.update_or_create(account_id=account_id, defaults=kept)
    counts = {"allowed": len(choice.allowed), "denied": len(choice.denied)}
    record(
        "sorting.spam-saved", to=f"account:{account_id}", by=by, at=now, is_sorted=choice.is_sorted, **counts
    )
    return changed(account_id)
