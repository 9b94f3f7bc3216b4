"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.post.outbox.models import Acquaintance, OutgoingRow, PassageRow, SenderRow


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: what the account sent, and to whom."""
    for table in (OutgoingRow, PassageRow, Acquaintance, SenderRow):
        table._default_manager.filter(account_id=account_id).delete()
