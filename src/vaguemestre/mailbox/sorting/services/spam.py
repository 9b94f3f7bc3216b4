"""Junk mail settings."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import SpamRow
from vaguemestre.mailbox.sorting.rules.senders import check_spam
from vaguemestre.mailbox.sorting.services.revision import bump_revision
from vaguemestre.mailbox.sorting.values import SpamSettings


@transaction.atomic(durable=True)
def save_spam(account_id: int, spam_settings: SpamSettings, *, by: str, now: datetime) -> SortingChanged:
    """Store the junk mail settings. Raises Refusal `sorting.senders-…`."""
    check_spam(spam_settings)
    fields = {
        "is_sorted": spam_settings.is_sorted,
        "allowed": list(spam_settings.allowed),
        "denied": list(spam_settings.denied),
        "severity": spam_settings.severity,
    }
    SpamRow.objects.update_or_create(account_id=account_id, defaults=fields)
    counts = {"allowed": len(spam_settings.allowed), "denied": len(spam_settings.denied)}
    record(
        "sorting.spam-saved",
        to=account_subject(account_id),
        by=by,
        at=now,
        is_sorted=spam_settings.is_sorted,
        severity=spam_settings.severity,
        **counts,
    )
    return bump_revision(account_id)
