"""Which steps follow an event, on which day, and when somebody is told."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from vaguemestre.foundation.kernel.times import months_after
from vaguemestre.people.lifecycle.values import Consequence, Due, Event, Numbers, Remains, Step, Table

# What is not declared here: the feed opens and moves, the help desk shelters.
BY_THE_FEED = frozenset({Event.ARRIVAL, Event.MOVE_WITHIN, Event.ACADEMY_MOVE})
BY_THE_DESK = frozenset({Event.COMPROMISE})
# What a feed tells by `statut`, and takes back.
FED = frozenset({Event.LEAVE, Event.LONG_LEAVE, Event.TRANSFER, Event.RETIREMENT, Event.DEATH})
_CLOSING = frozenset({Step.CLOSE, Step.FREEZE})
_ORDER = tuple(Step)


def table(numbers: Numbers) -> Table:
    """The table of docs/domain.md §3.6 with these numbers."""
    leaving = {Step.HIDE: 0, Step.WITHDRAW: numbers.departure_withdrawn, Step.PURGE: numbers.purged}
    return {
        Event.ARRIVAL: Consequence({}),
        Event.MOVE_WITHIN: Consequence({}, posts_kept=numbers.overlap),
        Event.LEAVE: Consequence({}),
        Event.LONG_LEAVE: Consequence(
            {
                Step.HIDE: 0,
                Step.ANSWER: 0,
                Step.WITHDRAW: numbers.long_leave_withdrawn,
                Step.SUSPEND: numbers.long_leave_suspended,
            }
        ),
        Event.TRANSFER: Consequence({**leaving, Step.ANSWER: 0, Step.CLOSE: numbers.transfer_closed}),
        Event.ACADEMY_MOVE: Consequence({Step.ANSWER: 0, Step.FORGET: numbers.transfer_closed}),
        Event.RETIREMENT: Consequence({**leaving, Step.CLOSE: numbers.retirement_closed}),
        Event.CONTRACT_END: Consequence({**leaving, Step.CLOSE: numbers.contract_closed}),
        Event.DEATH: Consequence({Step.HIDE: 0, Step.FREEZE: 0, Step.PURGE: numbers.death_frozen}),
        Event.SUSPENSION: Consequence({Step.WITHDRAW: 0, Step.SUSPEND: 0}),
        Event.COMPROMISE: Consequence({}),
    }


class Following(StrEnum):
    """What a situation told by a feed makes of the event that is open for somebody."""

    NOTHING = "nothing"
    DECLARE = "declare"
    END = "end"


def may_happen(event: Event, state: str, mailbox_state: str) -> bool:
    """Whether anything of that account is left to follow: a death freezes the mailbox of a closed one."""
    return state != "closed" or (event is Event.DEATH and mailbox_state != "purged")


def following(told: Event | None, current: Event | None, *, is_by_feed: bool) -> Following:
    """`told`: None for somebody in service. What human resources declared by hand stays, save before a death.

    A suspension, a compromise and a move are nobody's to lift by a `statut`.
    """
    if told is None:
        return Following.END if is_by_feed and current in FED else Following.NOTHING
    if told == current:
        return Following.NOTHING
    if current is None or told is Event.DEATH:
        return Following.DECLARE
    if current in FED and current is not Event.DEATH and is_by_feed:
        return Following.DECLARE
    is_departure = told in (Event.RETIREMENT, Event.TRANSFER)
    if is_departure and current in (Event.LEAVE, Event.LONG_LEAVE, Event.CONTRACT_END):
        return Following.DECLARE
    return Following.NOTHING


def steps(consequence: Consequence, effect_on: date, closes_on: date | None = None) -> tuple[Due, ...]:
    """The steps with their days, in order. `closes_on` puts closing off, and erasing as much."""
    days = dict(consequence.steps)
    if closes_on and Step.CLOSE in days:
        later = (closes_on - effect_on).days - days[Step.CLOSE]
        for step in (Step.CLOSE, Step.PURGE):
            days[step] = days.get(step, 0) + later
    dues = [Due(step, effect_on + timedelta(days=after)) for step, after in days.items()]
    return tuple(sorted(dues, key=lambda due: (due.on, _ORDER.index(due.step))))


def put_off(closing: date | None, former: date | None) -> date | None:
    """The day a closing stays put off to when another departure replaces the one it was put off for."""
    return former if closing and former and former > closing else None


def closing_day(dues: Iterable[Due]) -> date | None:
    """When the account is closed, if it is to be."""
    return next((due.on for due in dues if due.step in _CLOSING), None)


def due(dues: Iterable[Due], done: Collection[str], today: date) -> tuple[Step, ...]:
    """What is to be done that day, days missed included."""
    return tuple(one.step for one in dues if one.on <= today and one.step not in done)


def notice_due(
    closes_on: date | None, told: Collection[str], today: date, notices: Sequence[int]
) -> int | None:
    """How many days ahead the notice of that day is, if one is due: the nearest one only, and once.

    Nothing is told on the day itself, nor of a closing that comes at once.
    """
    if closes_on is None or closes_on <= today:
        return None
    reached = [ahead for ahead in notices if closes_on - timedelta(days=ahead) <= today]
    nearest = min(reached, default=None)
    return nearest if nearest is not None and notice_name(nearest) not in told else None


def notice_days(closes_on: date | None, today: date, notices: Sequence[int]) -> tuple[date, ...]:
    """The days on which a closing is told, those gone by told today by one notice."""
    if closes_on is None or closes_on <= today:
        return ()
    days = {max(today, closes_on - timedelta(days=ahead)) for ahead in notices}
    return tuple(sorted(days))


def notice_name(ahead: int) -> str:
    return f"notice-{ahead}"


def told_by(ahead: int, notices: Sequence[int]) -> tuple[str, ...]:
    """A notice stands for those that should have come before it."""
    return tuple(notice_name(one) for one in notices if one >= ahead)


def next_day(dues: Sequence[Due], done: Collection[str], today: date, notices: Sequence[int]) -> date | None:
    """The next day on which something is to be done or told; None when all is over."""
    days = [one.on for one in dues if one.step not in done]
    closes_on = closing_day(dues)
    if closes_on and closes_on > today:
        ahead = (closes_on - timedelta(days=one) for one in notices if notice_name(one) not in done)
        days += [max(day, today) for day in ahead]
    return min(days, default=None)


def is_erased(remains: Remains, numbers: Numbers, today: date) -> bool:
    """Whether that person's civil status goes: long after the closing, and human resources give it no more.

    A mailbox that is frozen keeps its owner's name: somebody wants it as it is.
    """
    if remains.closed_on is None or remains.serves or remains.mailbox_state == "frozen":
        return False
    if months_after(remains.closed_on, numbers.civil_status_months) > today:
        return False
    fed = remains.mentioned_on
    return fed is None or fed + timedelta(days=numbers.fed_days) < today
