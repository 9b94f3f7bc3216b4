"""Counters of the throttle. An attempt is charged before it is checked, so parallel ones cannot bypass it."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from vaguemestre.access.signin.models import Attempts
from vaguemestre.access.signin.rules.proof_of_work import (
    CHALLENGE_LIFETIME,
    Count,
    Price,
    WorkDue,
    required_work,
)
from vaguemestre.access.signin.rules.throttle import WAITED, Budget, failures_now, wait_left
from vaguemestre.access.signin.values import BrowserWork
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject

_DEFERRED = "deferred:"
_NO_BUDGETS: Mapping[str, Budget] = MappingProxyType({})


def charge(
    budgets: Mapping[str, Budget], *, now: datetime, watched: Mapping[str, Budget] = _NO_BUDGETS
) -> int:
    """Use case: charge one attempt as failed in advance; or seconds to wait, and nothing is charged.

    `watched` budgets may make it wait, but are not charged.
    """
    if wait := wait_seconds({**budgets, **watched}, now=now):
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


def charge_attempt(price: Price, work: BrowserWork, *, now: datetime) -> WorkDue | None:
    """Use case: charge one attempt on a page as failed in advance; or the work due, then nothing is charged.

    Of several attempts with the same work one passes: the row of `own` is read again under its lock.
    """
    if due := _work_due(price, work, {}, now):
        return due
    charged = {**price.budgets, **({f"waited:{price.network}": WAITED} if work.waited else {})}
    with transaction.atomic(durable=True):
        rows = _locked(charged, now)
        if due := _work_due(price, work, rows, now):
            return due
        for subject, row in rows.items():
            row.failures = failures_now(row.failures, row.last_at, charged[subject], now) + 1
            row.last_at = now
        Attempts.objects.bulk_update(rows.values(), ("failures", "last_at"))
    return None


def _work_due(
    price: Price, work: BrowserWork, locked: Mapping[str, Attempts], now: datetime
) -> WorkDue | None:
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
    owed = required_work(own, crowd, total=counts.get(price.total), pressure=price.pressure, now=now)
    if owed.wait:
        return WorkDue(0, own.at(now), price.own, math.ceil(owed.wait.total_seconds()))
    if not work.covers(owed.level, own.at(now), price.own):
        return WorkDue(owed.level, own.at(now), price.own)
    if work.waited and waited in rows and wait_left(rows[waited].failures, rows[waited].last_at, WAITED, now):
        return WorkDue(max(owed.level, 1), own.at(now), price.own)
    return None


def _locked(budgets: Iterable[str], now: datetime) -> dict[str, Attempts]:
    """Counters of those subjects, created if missing, locked in one order. Inside a transaction."""
    Attempts.objects.bulk_create(
        [Attempts(subject=subject, failures=0, last_at=now) for subject in sorted(budgets)],
        ignore_conflicts=True,
    )
    locked = Attempts.objects.select_for_update().filter(subject__in=list(budgets)).order_by("subject")
    return {row.subject: row for row in locked}


def wait_seconds(budgets: Mapping[str, Budget], *, now: datetime) -> int:
    """Seconds before the next attempt may be checked. Reads only."""
    return _longest(Attempts.objects.filter(subject__in=budgets), budgets, now)


def has_failed(subject: str, budget: Budget, *, now: datetime) -> bool:
    """Whether failures of that subject still count. Reads only."""
    row = Attempts.objects.filter(subject=subject).first()
    return row is not None and failures_now(row.failures, row.last_at, budget, now) > 0


def record_spray(target: str, sprays: Mapping[str, Budget], *, now: datetime) -> None:
    """Count a failed attempt on `target` once against its secret and its network.

    Inside the caller's transaction, before it writes to the journal: every transaction locks counters first,
    the journal last. The attempt that makes it a spray is recorded in the journal, once.
    """
    pairs = {_pair(subject, target): subject for subject in sprays}
    rows = _locked([*pairs, *sprays], now)
    sprayed_accounts = {}
    for pair, subject in pairs.items():
        if failures_now(rows[pair].failures, rows[pair].last_at, sprays[subject], now):
            continue
        row = rows[subject]
        row.failures = failures_now(row.failures, row.last_at, sprays[subject], now) + 1
        row.last_at = rows[pair].last_at = now
        rows[pair].failures = 1
        if row.failures == sprays[subject].free + 1:
            sprayed_accounts[subject] = row.failures
    Attempts.objects.bulk_update(rows.values(), ("failures", "last_at"))
    for subject, accounts in sprayed_accounts.items():
        record("signin.spray-seen", to=subject, by="anybody", at=now, accounts=accounts)


def _pair(subject: str, target: str) -> str:
    return f"pair:{hashlib.sha256(f'{subject} {target}'.encode()).hexdigest()[:40]}"


def _longest(rows: Iterable[Attempts], budgets: Mapping[str, Budget], now: datetime) -> int:
    waits = [wait_left(row.failures, row.last_at, budgets[row.subject], now) for row in rows]
    return math.ceil(max(waits, default=timedelta(0)).total_seconds())


def refund(budgets: Mapping[str, Budget]) -> None:
    """Refund a successful attempt. Inside the caller's transaction, before the journal."""
    _lock(budgets)
    Attempts.objects.filter(subject__in=budgets).update(failures=Greatest(F("failures") - 1, 0))


def reset_failures(subjects: list[str]) -> None:
    """Delete the failures of those subjects. Inside the caller's transaction, before the journal."""
    _lock(subjects)
    Attempts.objects.filter(subject__in=subjects).delete()


def lift_throttle(account_id: int, *others: str) -> None:
    """Delete every failure counter of an account, and of the subjects `others`.

    Inside the caller's transaction, before the journal.
    """
    near = Q(subject__startswith=f"near:account:{account_id}:") | Q(
        subject__startswith=f"browser:{account_id}:"
    )
    subjects = Attempts.objects.filter(near).values_list("subject", flat=True)
    reset_failures([account_subject(account_id), f"code:{account_id}", *others, *subjects])


def end_deferred_form(chain: str, *, now: datetime) -> bool:
    """Use case: note that what was deferred under that identifier has had its answer. False if it had before.

    Whoever copied its cookie gets nothing more from it. Kept as long as such a cookie is valid.
    """
    over = Attempts.objects.filter(subject__startswith=_DEFERRED, last_at__lt=now - CHALLENGE_LIFETIME)
    with transaction.atomic(durable=True):
        over.delete()
        subject = _deferred_subject(chain)
        return Attempts.objects.get_or_create(subject=subject, defaults={"last_at": now})[1]


def is_deferred_form_over(chain: str) -> bool:
    """Whether what was deferred under that identifier has had its answer."""
    return Attempts.objects.filter(subject=_deferred_subject(chain)).exists()


def _deferred_subject(chain: str) -> str:
    return f"{_DEFERRED}{hashlib.sha256(chain.encode()).hexdigest()[:40]}"


def _lock(subjects: Iterable[str]) -> None:
    """Lock counters in one order, so that two sign-ins never deadlock."""
    list(Attempts.objects.select_for_update().filter(subject__in=list(subjects)).order_by("subject"))
