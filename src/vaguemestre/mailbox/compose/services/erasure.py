"""Erasure of compose data (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.mailbox.compose.models import Composition, Identity, Mailing, StockText


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Delete identities, drafts, mailings and private stock texts; shared texts stay with the school."""
    for table in (Mailing, Composition, Identity):
        table._default_manager.filter(account_id=account_id).delete()
    StockText.objects.filter(account_id=account_id, structure=None).delete()
