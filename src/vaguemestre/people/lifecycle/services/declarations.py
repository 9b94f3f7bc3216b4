"""Declare, forecast, postpone and end lifecycle events; the person's own choices."""

from datetime import date, datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import account_status
from vaguemestre.people.lifecycle import queries, rules
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.ports import BoxesOwned
from vaguemestre.people.lifecycle.services.open_events import (
    CLOSING_STEPS,
    MAX_AHEAD,
    advance_event,
    announce_neutral_reply,
    create_event,
    end_open_event,
    run_step,
)
from vaguemestre.people.lifecycle.values import EventKind, Forecast, LifecycleDelays, Step

MAX_BEHIND = timedelta(days=366)  # an event may be declared that long after it happened


@transaction.atomic(durable=True)
def declare_event(
    account_id: int,
    kind: EventKind,
    effect_on: date,
    delays: LifecycleDelays,
    *,
    new_address: str = "",
    by: str,
    now: datetime,
    today: date,
) -> None:
    """Use case: declare an event in the place of the open one, and run the due steps.

    Raises Refusal `lifecycle.account-unknown`, `lifecycle.account-closed`, `lifecycle.by-the-feed`,
    `lifecycle.by-the-desk`, `lifecycle.day-impossible`, `lifecycle.death-to-come`.
    """
    _check_declaration(account_id, kind, effect_on, today)
    former = queries.open_event(account_id)
    end_open_event(account_id, by=by, now=now, replaced_by=kind)
    event = create_event(account_id, kind, effect_on, by, now)
    event.held_since = former.held_since if former else None
    event.new_address = new_address
    advance_event(event, delays, rules.consequence_table(delays), now=now, today=today)


def forecast(
    account_id: int, kind: EventKind, effect_on: date, delays: LifecycleDelays, *, today: date
) -> Forecast:
    """What `declare_event` would do; writes nothing. Raises the same Refusals."""
    _check_declaration(account_id, kind, effect_on, today)
    current = queries.open_event(account_id)
    dues = rules.due_steps(rules.consequence_table(delays)[kind], effect_on, declared_on=today)
    return Forecast(
        at_once=rules.steps_to_run(dues, (), today),
        later=tuple(due for due in dues if due.on > today),
        notices=rules.notice_days(rules.closing_day(dues), today, delays.notices),
        replaces=EventKind(current.event) if current else None,
        reopens=bool(current and kind is not EventKind.DEATH and CLOSING_STEPS & set(current.done)),
    )


@transaction.atomic(durable=True)
def end_event(account_id: int, *, by: str, now: datetime) -> None:
    """Use case: the event is over, or was a mistake: account, mailbox and directory as before.

    A mailbox that was erased comes back empty. Raises Refusal `lifecycle.nothing-declared`.
    """
    if not end_open_event(account_id, by=by, now=now):
        raise Refusal("lifecycle.nothing-declared")


@transaction.atomic(durable=True)
def postpone_closing(
    account_id: int, closes_on: date, delays: LifecycleDelays, *, by: str, now: datetime, today: date
) -> None:
    """Use case: close the account on another day, as retired people ask.

    Raises Refusal `lifecycle.nothing-closes`, `lifecycle.day-impossible`.
    """
    table = rules.consequence_table(delays)
    event = queries.open_event(account_id)
    if event is None or Step.CLOSE not in table[EventKind(event.event)].steps or Step.CLOSE in event.done:
        raise Refusal("lifecycle.nothing-closes")
    if not today < closes_on <= today + MAX_AHEAD:
        raise Refusal("lifecycle.day-impossible")
    event.closes_on = closes_on
    event.done = rules.without_notices(event.done)
    record(
        "lifecycle.closing-put-off",
        to=account_subject(account_id),
        by=by,
        at=now,
        closes_on=closes_on.isoformat(),
    )
    advance_event(event, delays, table, now=now, today=today)


@transaction.atomic(durable=True)
def set_new_address_shown(
    account_id: int, *, agrees: bool, by: str, now: datetime, delays: LifecycleDelays
) -> None:
    """Use case: the person chooses whether the neutral reply gives their new address.

    Raises Refusal `lifecycle.nothing-declared`.
    """
    event = queries.open_event(account_id)
    if event is None or not event.new_address:
        raise Refusal("lifecycle.nothing-declared")
    LifecycleEvent.objects.filter(pk=event.pk).update(tells_new_address=agrees)
    event.tells_new_address = agrees
    record("lifecycle.new-address-told", to=account_subject(account_id), by=by, at=now, agrees=agrees)
    if Step.ANSWER in event.done:
        announce_neutral_reply(event, rules.consequence_table(delays))


@transaction.atomic(durable=True)
def close_early(
    account_id: int, boxes_owned: BoxesOwned, delays: LifecycleDelays, *, by: str, now: datetime
) -> None:
    """Use case: the person has exported everything, and closes their account before its day.

    Raises Refusal `lifecycle.nothing-closes`, `lifecycle.boxes-owned` while they are the only owner of a
    shared mailbox.
    """
    event = queries.open_event(account_id)
    steps = rules.consequence_table(delays)[EventKind(event.event)].steps if event else {}
    if event is None or Step.CLOSE not in steps or Step.CLOSE in event.done:
        raise Refusal("lifecycle.nothing-closes")
    owned = boxes_owned(account_id)
    if owned:
        raise Refusal("lifecycle.boxes-owned", boxes=", ".join(owned))
    run_step(event, Step.CLOSE, {}, by, now)
    LifecycleEvent.objects.filter(pk=event.pk).update(done=[*event.done, Step.CLOSE])


@transaction.atomic(durable=True)
def begin_academy_move(
    account_id: int,
    left_domain: str,
    new_address: str,
    delays: LifecycleDelays,
    *,
    by: str,
    now: datetime,
    today: date,
) -> None:
    """Use case: somebody moved to another académie of this installation. Idempotent."""
    current = queries.open_event(account_id)
    if current and (current.event, current.new_address) == (EventKind.ACADEMY_MOVE, new_address):
        return
    end_open_event(account_id, by=by, now=now, replaced_by=EventKind.ACADEMY_MOVE)
    event = create_event(account_id, EventKind.ACADEMY_MOVE, today, by, now)
    event.new_address, event.left_domain = new_address, left_domain
    advance_event(event, delays, rules.consequence_table(delays), now=now, today=today)


def _check_declaration(account_id: int, kind: EventKind, effect_on: date, today: date) -> None:
    if kind in rules.DECLARED_BY_FEED or kind in rules.DECLARED_BY_HELPDESK:
        raise Refusal("lifecycle.by-the-feed" if kind in rules.DECLARED_BY_FEED else "lifecycle.by-the-desk")
    if not today - MAX_BEHIND <= effect_on <= today + MAX_AHEAD:
        raise Refusal("lifecycle.day-impossible")
    if kind is EventKind.DEATH and effect_on > today:
        raise Refusal("lifecycle.death-to-come")
    account = account_status(account_id)
    if account is None or account.person_id is None:
        raise Refusal("lifecycle.account-unknown")
    if not rules.may_happen(kind, account.state, account.mailbox_state):
        raise Refusal("lifecycle.account-closed")
