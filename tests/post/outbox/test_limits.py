"""The limits of docs/domain.md §4.7, and bursts that are not somebody's habit."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.outbox.rules.limits import Limits, RecentlySent, divisor, limits_verdict
from vaguemestre.post.outbox.values import Decision

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=PARIS)
NOTHING = RecentlySent({}, {}, 0)


def answer(before: dict[int, int], recipients: int, at: datetime = TUESDAY, strangers: int = 0) -> Decision:
    sent = RecentlySent(before, {}, 0)
    return limits_verdict(
        Limits(), sent, recipients=recipients, strangers=strangers, is_confirmed=False, at=at
    ).decision


@pytest.mark.parametrize(
    ("minutes", "warn", "most"), [(1, 500, 700), (10, 800, 1000), (60, 2000, 4000), (600, 5000, 8000)]
)
def test_each_window_holds_then_refuses(minutes: int, warn: int, most: int) -> None:
    assert answer({minutes: warn - 1}, 1) is Decision.TAKE
    assert answer({minutes: warn}, 1) is Decision.HOLD
    assert answer({minutes: most - 1}, 1) is Decision.HOLD
    assert answer({minutes: most}, 1) is Decision.REFUSE


def test_a_network_has_limits_of_its_own() -> None:
    crowded = RecentlySent({}, {60: 3000}, 0)
    verdict = limits_verdict(Limits(), crowded, recipients=1, strangers=0, is_confirmed=False, at=TUESDAY)
    assert (verdict.decision, verdict.code) == (Decision.HOLD, "outbox.limit-network")


def test_nights_divide_by_four_and_week_end_days_by_two() -> None:
    saturday = datetime(2026, 11, 28, 12, 0, tzinfo=PARIS)
    night = datetime(2026, 11, 24, 20, 0, tzinfo=PARIS)
    assert answer({1: 125}, 1, night) is Decision.HOLD
    assert answer({1: 124}, 1, night) is Decision.TAKE
    assert answer({1: 250}, 1, saturday) is Decision.HOLD
    assert answer({1: 249}, 1, saturday) is Decision.TAKE


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_the_divisor_follows_the_clock_on_the_wall_through_every_dst_night(at: datetime) -> None:
    local = at.astimezone(PARIS)
    is_day = 7 <= local.hour < 20
    expected = (2 if local.weekday() >= 5 else 1) if is_day else 4
    assert divisor(Limits(), at) == expected


@given(st.integers(0, 9000), st.integers(1, 500), st.integers(1, 500))
def test_more_is_never_taken_where_less_was_not(before: int, few: int, more: int) -> None:
    order = [Decision.TAKE, Decision.HOLD, Decision.REFUSE]
    sent = {1: before, 10: before, 60: before, 600: before}
    assert order.index(answer(sent, few)) <= order.index(answer(sent, few + more))


def test_people_never_written_to_are_held_beyond_fifty_an_hour_until_the_person_says_so() -> None:
    limits, habit = Limits(), RecentlySent({}, {}, 50)
    asked: dict[str, Any] = {"recipients": 1, "at": TUESDAY}
    held = limits_verdict(limits, habit, strangers=1, is_confirmed=False, **asked)
    assert (held.decision, held.code) == (Decision.HOLD, "outbox.burst")
    assert limits_verdict(limits, habit, strangers=1, is_confirmed=True, **asked).decision is Decision.TAKE
    assert limits_verdict(limits, habit, strangers=0, is_confirmed=False, **asked).decision is Decision.TAKE


class Sender:
    """Somebody's week, as the door counts it."""

    def __init__(self) -> None:
        self.known: set[int] = set()
        self.sent: list[tuple[datetime, int, int]] = []

    def send(self, to: set[int], at: datetime) -> Decision:
        strangers = len(to - self.known)
        sums = {
            m: sum(n for when, n, _ in self.sent if when > at - timedelta(minutes=m))
            for m in (1, 10, 60, 600)
        }
        fresh = sum(s for when, _, s in self.sent if when > at - timedelta(minutes=60))
        verdict = limits_verdict(
            Limits(),
            RecentlySent(sums, {}, fresh),
            recipients=len(to),
            strangers=strangers,
            is_confirmed=False,
            at=at,
        )
        if verdict.decision is Decision.TAKE:
            self.sent.append((at, len(to), strangers))
            self.known |= to
        return verdict.decision


@pytest.mark.heavy
def test_a_thousand_ordinary_weeks_are_hardly_ever_held(how_many: object) -> None:
    drawn, messages, held = random.Random(20261125), 0, 0
    for _ in range(1000):
        someone, circle = Sender(), list(range(drawn.randint(20, 120)))
        someone.known = set(drawn.sample(circle, len(circle) // 2))
        moment = datetime(2026, 11, 23, 7, 30, tzinfo=PARIS)
        for _ in range(drawn.randint(10, 80)):
            moment += timedelta(minutes=drawn.expovariate(1 / 60))
            size = min(len(circle), drawn.choice((1, 1, 1, 1, 2, 3, 5, 12, 30)))
            messages += 1
            held += someone.send(set(drawn.sample(circle, size)), moment) is not Decision.TAKE
    assert held / messages <= 0.001, (held, messages)


@pytest.mark.parametrize("at_once", [1, 5, 20, 500])
def test_a_stolen_account_is_stopped_before_sixty_strangers(at_once: int) -> None:
    thief, reached, moment = Sender(), 0, TUESDAY
    for start in range(0, 500, at_once):
        moment += timedelta(seconds=2)
        if thief.send(set(range(start, start + at_once)), moment) is Decision.TAKE:
            reached += at_once
    assert reached < 60
