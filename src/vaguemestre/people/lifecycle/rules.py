"""The steps of an event and their days, and the notices of a closing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from vaguemestre.foundation.kernel.times import months_after
from vaguemestre.people.credentials.values import AccountState, MailboxState
from vaguemestre.people.lifecycle.values import (
    Consequence,
    ConsequenceTable,
    DueStep,
    EventKind,
    LifecycleDelays,
    Remains,
    Step,
)

# Events that HR officers do not declare: feeds register and move people, the help desk handles compromises.
DECLARED_BY_FEED = frozenset({EventKind.ARRIVAL, EventKind.MOVE_WITHIN, EventKind.ACADEMY_MOVE})
DECLARED_BY_HELPDESK = frozenset({EventKind.COMPROMISE})
# Events that a feed reports by `statut`, and cancels.
REPORTED_BY_FEED = frozenset(
    {EventKind.LEAVE, EventKind.LONG_LEAVE, EventKind.TRANSFER, EventKind.RETIREMENT, EventKind.DEATH}
)
MIN_ERASED_AFTER = 30  # days after the declaration, whatever the delays
_CLOSING = frozenset({Step.CLOSE, Step.FREEZE})
_ORDER = tuple(Step)
FOUND_SUSPENDED = "found-suspended"  # beside the steps run: somebody else had suspended the account
_FORMER_NOTICE = "notice-of-a-former-day"


def consequence_table(delays: LifecycleDelays) -> ConsequenceTable:
    """The table of docs/domain.md §3.6 with these delays."""
    leaving = {Step.HIDE: 0, Step.WITHDRAW: delays.departure_withdrawn, Step.PURGE: delays.purged}
    return {
        EventKind.ARRIVAL: Consequence({}),
        EventKind.MOVE_WITHIN: Consequence({}, posts_kept=delays.overlap),
        EventKind.LEAVE: Consequence({}),
        EventKind.LONG_LEAVE: Consequence(
            {
                Step.HIDE: 0,
                Step.ANSWER: 0,
                Step.WITHDRAW: delays.long_leave_withdrawn,
                Step.SUSPEND: delays.long_leave_suspended,
            }
        ),
        EventKind.TRANSFER: Consequence({**leaving, Step.ANSWER: 0, Step.CLOSE: delays.transfer_closed}),
        EventKind.ACADEMY_MOVE: Consequence({Step.ANSWER: 0, Step.FORGET: delays.transfer_closed}),
        EventKind.RETIREMENT: Consequence({**leaving, Step.CLOSE: delays.retirement_closed}),
        EventKind.CONTRACT_END: Consequence({**leaving, Step.CLOSE: delays.contract_closed}),
        EventKind.DEATH: Consequence({Step.HIDE: 0, Step.FREEZE: 0, Step.PURGE: delays.death_frozen}),
        EventKind.SUSPENSION: Consequence({Step.WITHDRAW: 0, Step.SUSPEND: 0}),
        EventKind.COMPROMISE: Consequence({}),
    }


CLOSING_EVENTS = frozenset(
    event
    for event, consequence in consequence_table(LifecycleDelays()).items()
    if _CLOSING.intersection(consequence.steps)
)


class SituationOutcome(StrEnum):
    """What a situation reported by a feed does to the open event."""

    NOTHING = "nothing"
    DECLARE = "declare"
    END = "end"


def may_happen(event: EventKind, state: AccountState, mailbox_state: MailboxState) -> bool:
    """Whether an event may still affect the account: a death freezes the mailbox of a closed one."""
    return state != AccountState.CLOSED or (event is EventKind.DEATH and mailbox_state != MailboxState.PURGED)


def situation_outcome(
    reported: EventKind | None, current: EventKind | None, *, is_by_feed: bool
) -> SituationOutcome:
    """What a reported event (None: in service) does to the current one.

    An event declared by hand stays, except before a death. A `statut` never ends a suspension, a
    compromise or a move.
    """
    if reported is None:
        return (
            SituationOutcome.END if is_by_feed and current in REPORTED_BY_FEED else SituationOutcome.NOTHING
        )
    if reported == current:
        return SituationOutcome.NOTHING
    if current is None or reported is EventKind.DEATH:
        return SituationOutcome.DECLARE
    if current in REPORTED_BY_FEED and current is not EventKind.DEATH and is_by_feed:
        return SituationOutcome.DECLARE
    is_departure = reported in (EventKind.RETIREMENT, EventKind.TRANSFER)
    if is_departure and current in (EventKind.LEAVE, EventKind.LONG_LEAVE, EventKind.CONTRACT_END):
        return SituationOutcome.DECLARE
    return SituationOutcome.NOTHING


def due_steps(
    consequence: Consequence,
    effect_on: date,
    closes_on: date | None = None,
    *,
    declared_on: date | None = None,
) -> tuple[DueStep, ...]:
    """The steps and their days, in order. `closes_on` postpones closing, and erasing by as many days.

    However long ago the event happened, as many days pass between `declared_on` and the erasing as usually
    between closing and erasing: a mistaken year is seen before the mail is gone.
    """
    days = dict(consequence.steps)
    if closes_on and Step.CLOSE in days:
        later = (closes_on - effect_on).days - days[Step.CLOSE]
        for step in (Step.CLOSE, Step.PURGE):
            days[step] = days.get(step, 0) + later
    closed = days.get(Step.CLOSE, days.get(Step.FREEZE))
    if declared_on and closed is not None and Step.PURGE in days:
        grace = max(days[Step.PURGE] - closed, MIN_ERASED_AFTER)
        days[Step.PURGE] = max(days[Step.PURGE], (declared_on - effect_on).days + grace)
    dues = [DueStep(step, effect_on + timedelta(days=after)) for step, after in days.items()]
    return tuple(sorted(dues, key=lambda due: (due.on, _ORDER.index(due.step))))


def kept_postponement(closing: date | None, former: date | None) -> date | None:
    """The postponed closing day that stays when another departure replaces the first; None if none does."""
    return former if closing and former and former > closing else None


def closing_day(dues: Iterable[DueStep]) -> date | None:
    """The day the account is closed, if any."""
    return next((due.on for due in dues if due.step in _CLOSING), None)


def steps_to_run(dues: Iterable[DueStep], done: Collection[str], today: date) -> tuple[Step, ...]:
    """The steps to run that day, those of missed days included."""
    return tuple(due.step for due in dues if due.on <= today and due.step not in done)


def notice_due(
    closes_on: date | None, done: Collection[str], today: date, notices: Sequence[int]
) -> int | None:
    """The notice due today, in days before the closing: the nearest one only, and once; None if none is due.

    No notice on the closing day itself, nor for an immediate closing.
    """
    if closes_on is None or closes_on <= today:
        return None
    reached = [ahead for ahead in notices if closes_on - timedelta(days=ahead) <= today]
    nearest = min(reached, default=None)
    return nearest if nearest is not None and notice_name(nearest) not in done else None


def notice_days(closes_on: date | None, today: date, notices: Sequence[int]) -> tuple[date, ...]:
    """The days on which a closing is notified; missed notices are merged into one today."""
    if closes_on is None or closes_on <= today:
        return ()
    days = {max(today, closes_on - timedelta(days=ahead)) for ahead in notices}
    return tuple(sorted(days))


def notice_name(ahead: int) -> str:
    """The name of a notice in `done`."""
    return f"notice-{ahead}"


def is_notice(name: str) -> bool:
    """Whether that name in `done` is that of a notice."""
    return name.startswith("notice-")


def without_notices(done: Iterable[str]) -> list[str]:
    """`done` once the closing is put off: its notices are due again, one stays known as sent."""
    names = list(done)
    kept = [name for name in names if not is_notice(name)]
    return kept if len(kept) == len(names) else [*kept, _FORMER_NOTICE]


def notices_covered_by(ahead: int, notices: Sequence[int]) -> tuple[str, ...]:
    """The names of this notice and of the earlier ones it replaces."""
    return tuple(notice_name(other) for other in notices if other >= ahead)


def next_due_day(
    dues: Sequence[DueStep], done: Collection[str], today: date, notices: Sequence[int]
) -> date | None:
    """The next day with a step or a notice due; None if nothing is left."""
    days = [due.on for due in dues if due.step not in done]
    closes_on = closing_day(dues)
    if closes_on and closes_on > today:
        pending = (ahead for ahead in notices if notice_name(ahead) not in done)
        days += [max(closes_on - timedelta(days=ahead), today) for ahead in pending]
    return min(days, default=None)


def is_due_for_erasure(remains: Remains, delays: LifecycleDelays, today: date) -> bool:
    """Whether the civil status is to be erased: long after the closing, and absent from feeds since.

    A frozen mailbox keeps its owner's name: it is preserved on purpose.
    """
    if remains.closed_on is None or remains.serves or remains.mailbox_state == MailboxState.FROZEN:
        return False
    if months_after(remains.closed_on, delays.civil_status_months) > today:
        return False
    mentioned_on = remains.mentioned_on
    return mentioned_on is None or mentioned_on + timedelta(days=delays.fed_days) < today
