"""What a try costs: never a wait at first, work above the brakes, a refusal past a ceiling of its own."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import NOON
from tests.access.signin.work import solved

from vaguemestre.access.signin.rules.proof_of_work import (
    CROWD_LEVEL,
    HIGHEST_LEVEL,
    Count,
    RecentFailures,
    RequiredWork,
    crowd_level,
    is_solved,
    required_work,
    waited_seconds,
)
from vaguemestre.access.signin.rules.throttle import ANYWHERE, MANY_ACCOUNTS, NEAR, NETWORK, SAME_SECRET
from vaguemestre.access.signin.values import BrowserWork

FAILURES = st.integers(0, 10_000)
AGES = st.timedeltas(timedelta(0), timedelta(hours=48))


def counted(failures: int, age: timedelta = timedelta(0), budget: object = NEAR) -> Count:
    return Count(failures, NOON - age, budget)  # type: ignore[arg-type]


@given(st.lists(st.tuples(FAILURES, AGES), max_size=4), FAILURES, AGES, st.integers(0, 20))
def test_a_first_try_from_a_network_never_waits_whatever_others_do(
    others: list[tuple[int, timedelta]], total: int, age: timedelta, pressure: int
) -> None:
    budgets = (NETWORK, MANY_ACCOUNTS, SAME_SECRET, ANYWHERE)
    crowd = [counted(*other, budget) for other, budget in zip(others, budgets, strict=False)]
    due = required_work(counted(0), crowd, total=counted(total, age, ANYWHERE), pressure=pressure, now=NOON)
    assert due.wait == timedelta(0)
    assert due.level <= CROWD_LEVEL


@given(FAILURES, AGES, FAILURES, st.integers(0, 20))
def test_work_stays_within_what_a_browser_does(own: int, age: timedelta, others: int, pressure: int) -> None:
    due = required_work(
        counted(own, age), [counted(others, budget=NETWORK)], total=None, pressure=pressure, now=NOON
    )
    assert 0 <= due.level <= HIGHEST_LEVEL
    assert timedelta(0) <= due.wait <= NEAR.pause


@given(st.integers(0, 24), FAILURES)
def test_ones_own_failures_double_the_work_and_never_make_it_less(own: int, others: int) -> None:
    crowd = [counted(others, budget=NETWORK)]
    now, then = (required_work(counted(n), crowd, total=None, pressure=0, now=NOON) for n in (own, own + 1))
    assert now.wait == timedelta(0)
    assert then.wait or then.level >= now.level
    assert now.level >= min(max(own - NEAR.free, 0), HIGHEST_LEVEL)


@given(FAILURES, FAILURES)
def test_a_name_is_not_made_to_pay_for_tries_on_other_names_as_for_its_own(own: int, others: int) -> None:
    alone = required_work(counted(own), [], total=None, pressure=0, now=NOON)
    crowded = required_work(counted(own), [counted(others, budget=NETWORK)], total=None, pressure=0, now=NOON)
    assert crowded.wait == alone.wait
    assert crowded.level <= max(alone.level, CROWD_LEVEL)


def test_a_day_of_guessing_one_name_from_one_network_is_some_fifty_tries() -> None:
    moment, failures, last = NOON, 0, NOON
    while moment < NOON + timedelta(hours=24):
        wait = required_work(Count(failures, last, NEAR), [], total=None, pressure=0, now=moment).wait
        moment += wait
        failures, last = failures + 1, moment
    assert failures < 50


def test_a_hundred_failures_from_everywhere_close_a_name_to_the_networks_that_failed_on_it() -> None:
    total = counted(100, budget=ANYWHERE)
    assert required_work(counted(1), [total], total=total, pressure=0, now=NOON).wait == ANYWHERE.pause
    assert required_work(counted(0), [total], total=total, pressure=0, now=NOON).wait == timedelta(0)


def test_failures_fade() -> None:
    assert (
        required_work(counted(24, timedelta(hours=25)), [], total=None, pressure=0, now=NOON)
        == RequiredWork()
    )


@given(st.integers(0, 1000))
def test_a_crowd_asks_for_one_level_more_each_time_it_doubles(free: int) -> None:
    assert crowd_level(free, free) == 0
    assert [crowd_level((free + 1) * 2**n, free) for n in range(5)] == [1, 2, 3, 4, 5]


def test_work_is_checked_and_bound_to_its_challenge() -> None:
    answer = solved("défi", 0)
    assert is_solved("défi", 0, answer)
    assert not is_solved("autre", 0, answer)
    assert not is_solved("défi", HIGHEST_LEVEL, answer)
    for wrong in ("", "1", "1,2,3", answer.replace(",", ";"), f"{answer},1", "-1," * 7 + "-1", "x" * 5000):
        assert not is_solved("défi", 0, wrong)


@given(st.integers(1, HIGHEST_LEVEL), st.integers(0, 30))
def test_work_serves_at_the_count_it_was_asked_for(level: int, count: int) -> None:
    assert BrowserWork(level, count, "near:a").covers(level, count, "near:a")
    assert not BrowserWork(level, count, "near:a").covers(level, count + 1, "near:a")
    assert not BrowserWork(level, count, "near:a").covers(level, count, "near:b")
    assert not BrowserWork(0, count, "near:a").covers(level, count, "near:a")
    assert BrowserWork().covers(0, count, "near:a")


@pytest.mark.heavy
def test_a_storm_of_vain_tries_is_felt_then_forgotten() -> None:
    tries = RecentFailures()
    for _ in range(RecentFailures.FREE + 1):
        tries = tries.plus_one(NOON)
    assert tries.level(NOON) == 1
    assert tries.level(NOON + RecentFailures.WINDOW) == 0
    for _ in range(5000):
        tries = tries.plus_one(NOON)
    assert len(tries.moments) < 1100


def test_a_browser_without_scripts_waits_some_seconds() -> None:
    assert [waited_seconds(level) for level in (1, 2, 3)] == [4, 8, 16]
