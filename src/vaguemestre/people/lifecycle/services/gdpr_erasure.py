"""Erase civil statuses long after the closing of accounts (GDPR art. 17)."""

from datetime import date, datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import (
    AccountStatus,
    account_status,
    account_statuses,
    closed_before,
)
from vaguemestre.people.credentials.services import erase_account
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import people_serving
from vaguemestre.people.directory.services import erase_civil_status
from vaguemestre.people.intake.queries import last_mentions
from vaguemestre.people.intake.services import forget_person
from vaguemestre.people.lifecycle import rules
from vaguemestre.people.lifecycle.models import DailyReview, LifecycleEvent
from vaguemestre.people.lifecycle.services.open_events import purge_mailbox
from vaguemestre.people.lifecycle.values import LifecycleDelays, Remains

_BATCH_ERASURES = 50


def erase_civil_statuses(delays: LifecycleDelays, *, by: str = "system", now: datetime, today: date) -> int:
    """Erase the civil statuses due today, one transaction each. Returns the count.

    At most a batch per round, so that jobs behind it do not wait; the next round of the day goes on.
    """
    if not DailyReview.objects.filter(day=today, has_erased=False).exists():
        return 0
    closed = closed_before(now - timedelta(days=28 * delays.civil_status_months))
    accounts = account_statuses(closed)
    people = {account_id: accounts[account_id].person_id or 0 for account_id in closed}
    serving = people_serving(list(people.values()), today)
    mentions = last_mentions(list(people.values()))
    erased = 0
    for account_id, person_id in people.items():
        remains = _remains(accounts[account_id], person_id in serving, mentions.get(person_id))
        if rules.is_due_for_erasure(remains, delays, today):
            erased += _erase_person(account_id, person_id, by=by, now=now)
        if erased == _BATCH_ERASURES:
            return erased
    DailyReview.objects.filter(day=today).update(has_erased=True)
    return erased


def _remains(account: AccountStatus, serves: bool, mentioned_on: date | None) -> Remains:
    closed_at = account.state_since if account.state == AccountState.CLOSED else None
    closed_on = paris_day(closed_at) if closed_at else None
    return Remains(closed_on, account.mailbox_state, serves, mentioned_on)


@transaction.atomic(durable=True)
def _erase_person(account_id: int, person_id: int, *, by: str, now: datetime) -> bool:
    """Erase civil status, account settings and lifecycle events; False if the person is back."""
    account = account_status(account_id)
    if account is None or account.state != AccountState.CLOSED:
        return False
    forget_person(person_id)
    if not erase_civil_status(person_id, account.username, by=by, now=now):
        return False
    erase_account(account_id, by=by, now=now)
    purge_mailbox(account_id, by, now)
    LifecycleEvent.objects.filter(account_id=account_id).delete()
    return True
