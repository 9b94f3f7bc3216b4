"""The throttle's memory. A try is paid for before it is looked at: many at once cannot slip through."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from vaguemestre.signin.models import Attempts
from vaguemestre.signin.rules.throttle import Budget, failures_now, wait_left


def pay(budgets: Mapping[str, Budget], *, now: datetime) -> int:
    """Use case: count one try as failed in advance; seconds to wait (rounded up) when it may not be made yet.

    A try that must wait costs nothing.
    """
    with transaction.atomic(durable=True):
        Attempts.objects.bulk_create(
            [Attempts(subject=subject, failures=0, last_at=now) for subject in sorted(budgets)],
            ignore_conflicts=True,
        )
        rows = list(Attempts.objects.select_for_update().filter(subject__in=budgets).order_by("subject"))
        waits = [wait_left(row.failures, row.last_at, budgets[row.subject], now) for row in rows]
        longest = max(waits, default=timedelta(0))
        if longest > timedelta(0):
            return math.ceil(longest.total_seconds())
        for row in rows:
            row.failures = failures_now(row.failures, row.last_at, budgets[row.subject], now) + 1
            row.last_at = now
        Attempts.objects.bulk_update(rows, ("failures", "last_at"))
    return 0


def give_back(budgets: Mapping[str, Budget]) -> None:
    """The try was good: what it paid comes back. Inside the caller's transaction."""
    Attempts.objects.filter(subject__in=budgets).update(failures=Greatest(F("failures") - 1, 0))


def clear(subjects: list[str]) -> None:
    """The owner got in: forget failures against those subjects. Inside the caller's transaction."""
    Attempts.objects.filter(subject__in=subjects).delete()


def lift(account_id: int, *others: str) -> None:
    """Forget every failure against an account, from any browser, and against `others` (subjects).

    Inside the caller's transaction.
    """
    clear([f"account:{account_id}", *others])
    Attempts.objects.filter(subject__startswith=f"browser:{account_id}:").delete()
