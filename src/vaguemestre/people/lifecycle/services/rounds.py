"""Due steps, the daily review, and events reported by feeds."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from vaguemestre.people.credentials.queries import (
    account_status,
    account_statuses,
    accounts_of,
    open_accounts_of,
)
from vaguemestre.people.directory.queries import last_days_of_ended_people, last_starts_of_posts
from vaguemestre.people.lifecycle import queries, rules
from vaguemestre.people.lifecycle.models import DailyReview, LifecycleEvent
from vaguemestre.people.lifecycle.services.declarations import MAX_BEHIND
from vaguemestre.people.lifecycle.services.open_events import (
    MAX_AHEAD,
    advance_event,
    create_event,
    end_open_event,
    schedule_next,
)
from vaguemestre.people.lifecycle.values import ACTOR_FEED, ACTOR_SYSTEM, EventKind, LifecycleDelays

_MIN_NOTICE = timedelta(days=10)  # before the closing, if the end of a contract is found late


def run_due_events(delays: LifecycleDelays, *, now: datetime, today: date) -> int:
    """Run the steps due today, one transaction per event. Idempotent. Returns the count of events."""
    table, count = rules.consequence_table(delays), 0
    for event_id in queries.due_event_ids(today):
        with transaction.atomic(durable=True):
            event = LifecycleEvent.objects.select_for_update().filter(pk=event_id, ended_at=None).first()
            if event is not None:
                advance_event(event, delays, table, now=now, today=today)
                count += 1
    return count


def run_daily_review(delays: LifecycleDelays, *, now: datetime, today: date) -> bool:
    """Once a day: begin departures of people whose posts ended, cancel those of people who serve again, and
    schedule open events anew (settings may have changed).

    False if that day was reviewed already.
    """
    if not DailyReview.objects.get_or_create(day=today)[1]:
        return False
    _begin_departures(last_days_of_ended_people(today), delays, now=now, today=today)
    _cancel_departures(queries.open_contract_ends(), now=now, today=today)
    table = rules.consequence_table(delays)
    for event in LifecycleEvent.objects.filter(ended_at=None):
        schedule_next(event, table, delays, today)
    DailyReview.objects.filter(day__lt=today - timedelta(days=30)).delete()
    return True


def begin_departures(
    person_ids: Collection[int], delays: LifecycleDelays, *, now: datetime, today: date
) -> int:
    """Begin a departure for those of these people whose every post is over. Idempotent. Returns the count."""
    return _begin_departures(last_days_of_ended_people(today, person_ids), delays, now=now, today=today)


def cancel_departures(person_ids: Collection[int], *, now: datetime, today: date) -> None:
    """Cancel the departures of those of these people who serve again. Idempotent."""
    accounts = accounts_of(person_ids)
    ends = queries.open_contract_ends()
    _cancel_departures({pk: day for pk, day in ends.items() if pk in accounts}, now=now, today=today)


@transaction.atomic(durable=True)
def apply_situation(
    account_id: int,
    kind: EventKind | None,
    effect_on: date,
    delays: LifecycleDelays,
    *,
    now: datetime,
    today: date,
) -> None:
    """Use case: a feed reports an event, or (None) that the person is in service. Idempotent.

    A closing that an officer postponed stays postponed when another departure replaces the first.
    """
    event, account = queries.open_event(account_id), account_status(account_id)
    if account is None:
        return
    current = EventKind(event.event) if event else None
    is_by_feed = event is not None and event.by == ACTOR_FEED
    match rules.situation_outcome(kind, current, is_by_feed=is_by_feed):
        case rules.SituationOutcome.END:
            end_open_event(account_id, by=ACTOR_FEED, now=now)
        case rules.SituationOutcome.DECLARE if kind is not None and rules.may_happen(
            kind, account.state, account.mailbox_state
        ):
            end_open_event(account_id, by=ACTOR_FEED, now=now, replaced_by=kind)
            day = max(today - MAX_BEHIND, min(effect_on, today + MAX_AHEAD))
            table, former = rules.consequence_table(delays), event.closes_on if event else None
            event = create_event(account_id, kind, day, ACTOR_FEED, now)
            closing = rules.closing_day(rules.due_steps(table[kind], day))
            event.closes_on = rules.kept_postponement(closing, former)
            advance_event(event, delays, table, now=now, today=today)


def _begin_departures(
    last_days: Mapping[int, date], delays: LifecycleDelays, *, now: datetime, today: date
) -> int:
    accounts, count = open_accounts_of(last_days), 0
    for account_id in accounts.keys() - queries.accounts_with_open_event(accounts):
        with transaction.atomic(durable=True):
            if queries.open_event(account_id) is None:
                effect_on = last_days[accounts[account_id]] + timedelta(days=1)
                event = create_event(account_id, EventKind.CONTRACT_END, effect_on, ACTOR_SYSTEM, now)
                soonest = today + _MIN_NOTICE
                if effect_on + timedelta(days=delays.contract_closed) < soonest:
                    event.closes_on = soonest  # found late: no account closes without notice
                advance_event(event, delays, rules.consequence_table(delays), now=now, today=today)
                count += 1
    return count


def _cancel_departures(ends: Mapping[int, date | None], *, now: datetime, today: date) -> None:
    """End the departures of people who serve again: their contract was renewed.

    A day declared by an officer holds against the post that it ends: one begun since renews the contract.
    """
    people = {pk: account.person_id for pk, account in account_statuses(ends).items() if account.person_id}
    starts = last_starts_of_posts(list(people.values()), today)
    for account_id, person_id in people.items():
        start, declared = starts.get(person_id), ends[account_id]
        if start and (declared is None or start >= declared):
            with transaction.atomic(durable=True):
                end_open_event(account_id, by=ACTOR_SYSTEM, now=now)
