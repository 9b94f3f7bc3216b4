"""Mailings of a restored database: their copies may have been sent since the backup."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.mailbox.compose.models import Mailing
from vaguemestre.mailbox.compose.values import MailingState


@transaction.atomic(durable=True)
def stop_restored_mailings(*, now: datetime) -> int:
    """Stop the mailings that were running or were due; their writers resume or give up. Returns the count."""
    begun = Q(due_at__isnull=True) | Q(due_at__lte=now)
    running = Mailing.objects.filter(begun, state=MailingState.RUNNING)
    mailings = list(running.values_list("pk", "account_id"))
    running.update(state=MailingState.STOPPED)
    for _, account_id in mailings:
        record("compose.mailing-stopped", to=account_subject(account_id), by="system", at=now)
    return len(mailings)
