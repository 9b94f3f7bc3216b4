"""Open, advance and end lifecycle events. Parts, inside the caller's transaction."""

from datetime import date, datetime, timedelta

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.queries import account_status
from vaguemestre.people.credentials.services import change_states, hold_mailbox, move_mailboxes
from vaguemestre.people.credentials.values import AccountState, MailboxState
from vaguemestre.people.directory.services import delete_former_addresses, hide_people
from vaguemestre.people.lifecycle import queries, rules
from vaguemestre.people.lifecycle.events import (
    ClosingNear,
    ClosingWithdrawn,
    MailboxPurgeDue,
    MembershipsChanged,
    NeutralReplyDue,
    NeutralReplyEnded,
)
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.values import ConsequenceTable, EventKind, LifecycleDelays, Step

MAX_AHEAD = timedelta(days=3 * 365)  # of an event, and of a neutral reply without a known end
CLOSING_STEPS = frozenset({Step.CLOSE, Step.FREEZE, Step.PURGE})


def create_event(account_id: int, kind: EventKind, effect_on: date, by: str, now: datetime) -> LifecycleEvent:
    """Create and journal an event; `advance_event` then runs its steps."""
    event = LifecycleEvent.objects.create(
        account_id=account_id, event=kind, effect_on=effect_on, by=by, declared_at=now, next_on=effect_on
    )
    record(
        f"lifecycle.{kind}", to=account_subject(account_id), by=by, at=now, effect_on=effect_on.isoformat()
    )
    return event


def advance_event(
    event: LifecycleEvent, delays: LifecycleDelays, table: ConsequenceTable, *, now: datetime, today: date
) -> None:
    """Run the due steps, send the due notice, and schedule the next day."""
    dues = queries.dues_of(event, table)
    for step in rules.steps_to_run(dues, event.done, today):
        run_step(event, step, table, "system", now)
        event.done = [*event.done, step]
    closes_on = rules.closing_day(dues)
    ahead = rules.notice_due(closes_on, event.done, today, delays.notices)
    if closes_on and ahead is not None:
        names = rules.notices_covered_by(ahead, delays.notices)
        event.done = [*event.done, *(name for name in names if name not in event.done)]
        announce(ClosingNear(event.account_id, closes_on.isoformat(), now.isoformat()))
    schedule_next(event, table, delays, today)


def schedule_next(
    event: LifecycleEvent, table: ConsequenceTable, delays: LifecycleDelays, today: date
) -> None:
    """Save the event with its next due day."""
    dues = queries.dues_of(event, table)
    event.next_on = rules.next_due_day(dues, event.done, today, delays.notices)
    event.save()


def run_step(event: LifecycleEvent, step: Step, table: ConsequenceTable, by: str, now: datetime) -> None:
    """Run one step of an event."""
    account_id = event.account_id
    match step:
        case Step.HIDE:
            hide_people([_person_id_of(account_id)], hidden=True, by=by, now=now)
        case Step.ANSWER:
            announce_neutral_reply(event, table)
        case Step.FORGET:
            delete_former_addresses(_person_id_of(account_id), event.left_domain, by=by, now=now)
        case Step.WITHDRAW:
            event.withdrawn_at = now
            announce(MembershipsChanged(account_id))
        case Step.SUSPEND:
            _suspend(event, by, now)
        case Step.CLOSE | Step.FREEZE:
            event.held_since = _held_since(account_id) or event.held_since
            change_states([account_id], "close", by=by, now=now)
            state = MailboxState.FROZEN if step is Step.FREEZE else MailboxState.CLOSED
            move_mailboxes([account_id], state, by=by, now=now)
        case Step.PURGE:
            purge_mailbox(account_id, by, now)


def purge_mailbox(account_id: int, by: str, now: datetime) -> None:
    """Mark the mailbox as purged, and announce that its mail is to be erased."""
    if move_mailboxes([account_id], MailboxState.PURGED, by=by, now=now):
        announce(MailboxPurgeDue(account_id))


def announce_neutral_reply(event: LifecycleEvent, table: ConsequenceTable) -> None:
    """Announce the neutral reply of an event, from its day until the closing of the account."""
    dues = queries.dues_of(event, table)
    forgotten_on = next((due.on for due in dues if due.step is Step.FORGET), None)
    ends_on = rules.closing_day(dues) or forgotten_on or event.effect_on + MAX_AHEAD
    address = event.new_address if event.tells_new_address else ""
    starts_on = event.effect_on.isoformat()
    announce(NeutralReplyDue(event.account_id, starts_on, ends_on.isoformat(), address, event.left_domain))


def end_open_event(account_id: int, *, by: str, now: datetime, replaced_by: EventKind | None = None) -> bool:
    """End the open event and undo its steps, except those that the event replacing it runs itself.

    False if none was open. An account closed before a death stays closed if the death is cancelled.
    """
    event = queries.open_event(account_id)
    if event is None:
        return False
    done = set(event.done)
    LifecycleEvent.objects.filter(pk=event.pk).update(ended_at=now, next_on=None, withdrawn_at=None)
    record("lifecycle.ended", to=account_subject(account_id), by=by, at=now, event=event.event)
    if replaced_by not in rules.CLOSING_EVENTS and any(rules.is_notice(name) for name in done):
        announce(ClosingWithdrawn(account_id, now.isoformat()))
    if Step.HIDE in done:
        hide_people([_person_id_of(account_id)], hidden=False, by=by, now=now)
    if Step.ANSWER in done:
        announce(NeutralReplyEnded(account_id))
    if Step.WITHDRAW in done:
        announce(MembershipsChanged(account_id))
    if Step.SUSPEND in done and replaced_by is None:
        _resume(event, by, now)
    if done & CLOSING_STEPS and replaced_by is not EventKind.DEATH:
        _reopen(event, by, now)
    return True


def _suspend(event: LifecycleEvent, by: str, now: datetime) -> None:
    state = _state_of(event.account_id)
    if state == AccountState.SUSPENDED:
        event.done = [*event.done, rules.FOUND_SUSPENDED]
    elif state != AccountState.CLOSED:
        change_states([event.account_id], "suspend", by=by, now=now)


def _resume(event: LifecycleEvent, by: str, now: datetime) -> None:
    """Resume the account, unless somebody else had suspended it before."""
    cause = queries.first_event_that_did(event, [Step.SUSPEND])
    if (
        cause
        and rules.FOUND_SUSPENDED not in cause.done
        and _state_of(event.account_id) == AccountState.SUSPENDED
    ):
        change_states([event.account_id], "resume", by=by, now=now)


def _reopen(event: LifecycleEvent, by: str, now: datetime) -> None:
    """Reopen account and mailbox, unless the account was closed before the event was declared.

    A mailbox that was held is held again, until the day it would have been.
    """
    account = account_status(event.account_id)
    if account is None:
        return
    cause = queries.first_event_that_did(event, CLOSING_STEPS) or event
    was_closed = account.state_since is None or account.state_since < cause.declared_at
    if event.event == EventKind.DEATH and was_closed:
        move_mailboxes([account.account_id], MailboxState.CLOSED, by=by, now=now)
        return
    change_states([account.account_id], "reopen", by=by, now=now)
    move_mailboxes([account.account_id], MailboxState.OPEN, by=by, now=now)
    if event.held_since:
        hold_mailbox(account.account_id, by=by, now=now, since=event.held_since)


def _person_id_of(account_id: int) -> int:
    account = account_status(account_id)
    return account.person_id or 0 if account else 0


def _held_since(account_id: int) -> datetime | None:
    account = account_status(account_id)
    return account.mailbox_since if account and account.mailbox_state == MailboxState.HELD else None


def _state_of(account_id: int) -> AccountState | None:
    account = account_status(account_id)
    return account.state if account else None
