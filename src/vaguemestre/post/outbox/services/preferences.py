"""What a person chooses about sending."""

from django.db import transaction

from vaguemestre.post.outbox.models import SenderRow
from vaguemestre.post.outbox.values import Sending


@transaction.atomic(durable=True)
def prefer_sending(account_id: int, chosen: Sending) -> None:
    SenderRow.objects.update_or_create(
        account_id=account_id,
        defaults={
            "undo_seconds": chosen.undo_seconds,
            "offers_quiet_hours": chosen.offers_quiet_hours,
        },
    )
