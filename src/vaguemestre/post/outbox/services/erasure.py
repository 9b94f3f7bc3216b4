"""Erasure of a person's data (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.post.outbox.models import KnownRecipient, OutboxMessage, SenderState, Submission


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete what the account sent, to whom, and its sending preferences."""
    for table in (OutboxMessage, Submission, KnownRecipient, SenderState):
        table._default_manager.filter(account_id=account_id).delete()
