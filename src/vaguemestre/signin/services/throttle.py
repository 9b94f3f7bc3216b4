"""The throttle's memory. A try is paid for before it is looked at: many at once cannot slip through."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from vaguemestre.journal.services import record
from vaguemestre.signin.models import Attempts
from vaguemestre.signin.rules.throttle import Budget, failures_now, wait_left

_NONE: Mapping[str, Budget] = MappingProxyType({})


def pay(budgets: Mapping[str, Budget], *, now: datetime, watched: Mapping[str, Budget] = _NONE) -> int:
    """Use case: count one try as failed in advance; seconds to wait (rounded up) when it may not be made yet.

    A try that must wait costs nothing, and nothing is written for it. `watched` may only make it wait.
    """
    if wait := wait_for({**budgets, **watched}, now=now):
        return wait
    with transaction.atomic(durable=True):
        Attempts.objects.bulk_create(
            [Attempts(subject=subject, failures=0, last_at=now) for subject in sorted(budgets)],
            ignore_conflicts=True,
        )
        rows = list(Attempts.objects.select_for_update().filter(subject__in=budgets).order_by("subject"))
        if wait := _longest(rows, budgets, now):
            return wait
        for row in rows:
            row.failures = failures_now(row.failures, row.last_at, budgets[row.subject], now) + 1
            row.last_at = now
        Attempts.objects.bulk_update(rows, ("failures", "last_at"))
    return 0


def wait_for(budgets: Mapping[str, Budget], *, now: datetime) -> int:
    """Seconds before another try may be looked at. Reads only."""
    return _longest(Attempts.objects.filter(subject__in=budgets), budgets, now)


def note_spray(target: str, sprays: Mapping[str, Budget], *, now: datetime) -> None:
    """A try on `target` failed: counted once against its secret and its network. A part.

    What makes a spray of it is written in the journal, once.
    """
    pairs = {_pair(subject, target): subject for subject in sprays}
    subjects = [*pairs, *sprays]
    Attempts.objects.bulk_create(
        [Attempts(subject=subject, failures=0, last_at=now) for subject in sorted(subjects)],
        ignore_conflicts=True,
    )
    locked = Attempts.objects.select_for_update().filter(subject__in=subjects).order_by("subject")
    rows = {row.subject: row for row in locked}
    for pair, subject in pairs.items():
        if failures_now(rows[pair].failures, rows[pair].last_at, sprays[subject], now):
            continue
        row = rows[subject]
        row.failures = failures_now(row.failures, row.last_at, sprays[subject], now) + 1
        row.last_at = rows[pair].last_at = now
        rows[pair].failures = 1
        if row.failures == sprays[subject].free + 1:
            record("signin.spray-seen", to=subject, by="anybody", at=now, accounts=row.failures)
    Attempts.objects.bulk_update(rows.values(), ("failures", "last_at"))


def _pair(subject: str, target: str) -> str:
    return f"pair:{hashlib.sha256(f'{subject} {target}'.encode()).hexdigest()[:40]}"


def _longest(rows: Iterable[Attempts], budgets: Mapping[str, Budget], now: datetime) -> int:
    waits = [wait_left(row.failures, row.last_at, budgets[row.subject], now) for row in rows]
    return math.ceil(max(waits, default=timedelta(0)).total_seconds())


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
