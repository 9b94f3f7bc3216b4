"""A person's sending preferences."""

from django.db import transaction

from vaguemestre.post.outbox.models import SenderState
from vaguemestre.post.outbox.values import SendingPreferences


@transaction.atomic(durable=True)
def save_sending_preferences(account_id: int, preferences: SendingPreferences) -> None:
    SenderState.objects.update_or_create(
        account_id=account_id,
        defaults={
            "undo_seconds": preferences.undo_seconds,
            "offers_quiet_hours": preferences.offers_quiet_hours,
        },
    )
