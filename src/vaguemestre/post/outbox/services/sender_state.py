"""What each message needs of the state of its sender, locked while it is judged."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.post.outbox.models import SenderState


class SenderLimits(NamedTuple):
    """What the account announced and confirmed: columns of `SenderState`."""

    bulk_until: datetime | None
    bulk_left: int
    confirmed_until: datetime | None


def locked_limits(account_id: int) -> SenderLimits:
    """Sending limits of the account, from its row, created if missing and locked: two messages queue up."""
    rows = _LOCKED.rows(account_id)
    if not rows:
        SenderState.objects.bulk_create([SenderState(account_id=account_id)], ignore_conflicts=True)
        rows = _LOCKED.rows(account_id)
    return SenderLimits(*rows[0])


def _locked(account_id: int) -> "QuerySet[SenderState, tuple[Any, ...]]":
    rows = SenderState.objects.select_for_update().filter(account_id=account_id)
    return rows.values_list(*SenderLimits._fields)


_LOCKED = FrequentQuery(_locked, -1)
