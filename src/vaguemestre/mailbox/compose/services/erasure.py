"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.mailbox.compose.models import Composition, Identity, Mailing, StockText


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: signatures, drafts, texts of their own; those shared with a school are the school's."""
    for table in (Mailing, Composition, Identity):
        table._default_manager.filter(account_id=account_id).delete()
    StockText.objects.filter(account_id=account_id, structure=None).delete()
