"""The throttle's memory. A try is paid for before it is looked at: many at once cannot slip through."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from vaguemestre.access.signin.models import Attempts
from vaguemestre.access.signin.rules.throttle import WAITED, Budget, failures_now, wait_left
from vaguemestre.access.signin.rules.tolls import Count, Price, Unpaid, toll
from vaguemestre.access.signin.values import Shown
from vaguemestre.foundation.journal.services import record

_NONE: Mapping[str, Budget] = MappingProxyType({})


def pay(budgets: Mapping[str, Budget], *, now: datetime, watched: Mapping[str, Budget] = _NONE) -> int:
    """Use case: count one try as failed in advance; seconds to wait (rounded up) when it may not be made yet.

    A try that must wait costs nothing, and nothing is written for it. `watched` may only make it wait.
    """
    if wait := wait_for({**budgets, **watched}, now=now):
        return wait
    with transaction.atomic(durable=True):
        rows = list(_locked(budgets, now).values())
        if wait := _longest(rows, budgets, now):
            return wait
        for row in rows:
            row.failures = failures_now(row.failures, row.last_at, budgets[row.subject], now) + 1
            row.last_at = now
        Attempts.objects.bulk_update(rows, ("failures", "last_at"))
    return 0


def pay_toll(price: Price, shown: Shown, *, now: datetime) -> Unpaid | None:
    """Use case: charge one try of a page as failed in advance; what is still due when it may not be made yet.

    An unpaid try costs nothing and nothing is written for it. Of several tries with one work, one passes: the
    row of `own` is read again under its lock.
    """
    if unpaid := _unpaid(price, shown, {}, now):
        return unpaid
    charged = {**price.budgets, **({f"waited:{price.network}": WAITED} if shown.waited else {})}
    with transaction.atomic(durable=True):
        rows = _locked(charged, now)
        if unpaid := _unpaid(price, shown, rows, now):
            return unpaid
        for subject, row in rows.items():
            row.failures = failures_now(row.failures, row.last_at, charged[subject], now) + 1
            row.last_at = now
        Attempts.objects.bulk_update(rows.values(), ("failures", "last_at"))
    return None


def _unpaid(price: Price, shown: Shown, locked: Mapping[str, Attempts], now: datetime) -> Unpaid | None:
    budgets = {**price.budgets, **price.watched}
    waited = f"waited:{price.network}"
    subjects = {*budgets, waited} - set(locked)
    rows = {row.subject: row for row in Attempts.objects.filter(subject__in=subjects)} | dict(locked)
    counts = {
        subject: Count(rows[subject].failures, rows[subject].last_at, budget)
        if subject in rows
        else Count(0, now, budget)
        for subject, budget in budgets.items()
    }
    own = counts[price.own]
    crowd = [count for subject, count in counts.items() if subject != price.own]
    due = toll(own, crowd, total=counts.get(price.total), pressure=price.pressure, now=now)
    if due.wait:
        return Unpaid(0, own.at(now), price.own, math.ceil(due.wait.total_seconds()))
    if not shown.covers(due.level, own.at(now), price.own):
        return Unpaid(due.level, own.at(now), price.own)
    if (
        shown.waited
        and waited in rows
        and wait_left(rows[waited].failures, rows[waited].last_at, WAITED, now)
    ):
        return Unpaid(max(due.level, 1), own.at(now), price.own)
    return None


def _locked(budgets: Iterable[str], now: datetime) -> dict[str, Attempts]:
    """Rows of those subjects, made where there was none, locked in one order. Inside a transaction."""
    Attempts.objects.bulk_create(
        [Attempts(subject=subject, failures=0, last_at=now) for subject in sorted(budgets)],
        ignore_conflicts=True,
    )
    locked = Attempts.objects.select_for_update().filter(subject__in=list(budgets)).order_by("subject")
    return {row.subject: row for row in locked}


def wait_for(budgets: Mapping[str, Budget], *, now: datetime) -> int:
    """Seconds before another try may be looked at. Reads only."""
    return _longest(Attempts.objects.filter(subject__in=budgets), budgets, now)


def note_spray(target: str, sprays: Mapping[str, Budget], *, now: datetime) -> None:
    """A try on `target` failed: counted once against its secret and its network. A part.

    What makes a spray of it is written in the journal, once. Called before the caller writes there: counters
    first, the journal's lock last, in every transaction.
    """
    pairs = {_pair(subject, target): subject for subject in sprays}
    rows = _locked([*pairs, *sprays], now)
    seen = {}
    for pair, subject in pairs.items():
        if failures_now(rows[pair].failures, rows[pair].last_at, sprays[subject], now):
            continue
        row = rows[subject]
        row.failures = failures_now(row.failures, row.last_at, sprays[subject], now) + 1
        row.last_at = rows[pair].last_at = now
        rows[pair].failures = 1
        if row.failures == sprays[subject].free + 1:
            seen[subject] = row.failures
    Attempts.objects.bulk_update(rows.values(), ("failures", "last_at"))
    for subject, accounts in seen.items():
        record("signin.spray-seen", to=subject, by="anybody", at=now, accounts=accounts)


def _pair(subject: str, target: str) -> str:
    return f"pair:{hashlib.sha256(f'{subject} {target}'.encode()).hexdigest()[:40]}"


def _longest(rows: Iterable[Attempts], budgets: Mapping[str, Budget], now: datetime) -> int:
    waits = [wait_left(row.failures, row.last_at, budgets[row.subject], now) for row in rows]
    return math.ceil(max(waits, default=timedelta(0)).total_seconds())


def give_back(budgets: Mapping[str, Budget]) -> None:
    """The try was good: what it paid comes back. Inside the caller's transaction, before the journal."""
    _lock(budgets)
    Attempts.objects.filter(subject__in=budgets).update(failures=Greatest(F("failures") - 1, 0))


def clear(subjects: list[str]) -> None:
    """The owner got in: forget failures against those subjects. Inside the caller's, before the journal."""
    _lock(subjects)
    Attempts.objects.filter(subject__in=subjects).delete()


def lift(account_id: int, *others: str) -> None:
    """Forget every failure against an account, from any browser, and against `others` (subjects).

    Inside the caller's transaction, before the journal.
    """
    near = Q(subject__startswith=f"near:account:{account_id}:") | Q(
        subject__startswith=f"browser:{account_id}:"
    )
    subjects = Attempts.objects.filter(near).values_list("subject", flat=True)
    clear([f"account:{account_id}", f"code:{account_id}", *others, *subjects])


def _lock(subjects: Iterable[str]) -> None:
    """Rows are locked in one order by whoever changes several: two sign-ins never wait for one another."""
    list(Attempts.objects.select_for_update().filter(subject__in=list(subjects)).order_by("subject"))
