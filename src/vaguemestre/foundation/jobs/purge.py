"""Deletion of rows past their retention, in batches, so that no lock is held for long."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

ROWS_PER_ROUND = 2_000


@transaction.atomic(durable=True)
def delete_batch(rows: QuerySet[Any]) -> int:
    """Delete at most ROWS_PER_ROUND of these rows, with what depends on them. Returns how many were chosen.

    The condition is evaluated again at deletion: rows that no longer meet it stay.
    """
    batch = list(rows.order_by().values_list("pk", flat=True)[:ROWS_PER_ROUND])
    if batch:
        rows.filter(pk__in=batch).delete()
    return len(batch)
