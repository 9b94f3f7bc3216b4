"""Acts on many are forgotten after a while, and people with them."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.desks.bulk.models import BulkAct, BulkTarget
from vaguemestre.foundation.jobs.purge import delete_batch


def delete_old_acts(days: int, *, now: datetime) -> None:
    """Delete a batch of the acts that last changed more than that many days ago."""
    delete_batch(BulkAct.objects.filter(changed_at__lt=now - timedelta(days=days)))


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete what acts on many say about that account."""
    BulkTarget.objects.filter(account_id=account_id).delete()
