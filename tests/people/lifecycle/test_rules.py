"""What follows an event, on which day, and when somebody is told: pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.people.lifecycle import rules
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays, Step

TABLE = rules.consequence_table(LifecycleDelays())
NOTICES = LifecycleDelays().notices
EFFECT = date(2026, 9, 1)
days_off = st.integers(-40, 500).map(lambda days: EFFECT + timedelta(days=days))


def days_of(event: EventKind) -> dict[Step, int]:
    return {due.step: (due.on - EFFECT).days for due in rules.due_steps(TABLE[event], EFFECT)}


def test_the_table_is_the_one_of_the_domain() -> None:
    assert days_of(EventKind.LEAVE) == days_of(EventKind.ARRIVAL) == {}
    assert TABLE[EventKind.MOVE_WITHIN].posts_kept == 15
    assert days_of(EventKind.LONG_LEAVE) == {
        Step.HIDE: 0, Step.ANSWER: 0, Step.WITHDRAW: 0, Step.SUSPEND: 60
    }  # fmt: skip
    assert days_of(EventKind.TRANSFER) == {
        Step.HIDE: 0, Step.ANSWER: 0, Step.WITHDRAW: 0, Step.CLOSE: 60, Step.PURGE: 180
    }  # fmt: skip
    assert days_of(EventKind.ACADEMY_MOVE) == {Step.ANSWER: 0, Step.FORGET: 60}
    left = {Step.HIDE: 0, Step.WITHDRAW: 0, Step.CLOSE: 60, Step.PURGE: 180}
    assert days_of(EventKind.RETIREMENT) == days_of(EventKind.CONTRACT_END) == left
    assert days_of(EventKind.DEATH) == {Step.HIDE: 0, Step.FREEZE: 0, Step.PURGE: 365}
    assert days_of(EventKind.SUSPENSION) == {Step.WITHDRAW: 0, Step.SUSPEND: 0}


@given(st.sampled_from(EventKind), st.lists(days_off, max_size=40))
def test_whichever_days_are_looked_at_each_step_is_done_once_and_in_order(
    event: EventKind, looked: list[date]
) -> None:
    dues, done = rules.due_steps(TABLE[event], EFFECT), list[str]()
    for today in sorted(looked):
        fresh = rules.steps_to_run(dues, done, today)
        assert all(due.on <= today for due in dues if due.step in fresh)
        done += fresh
    assert done == [due.step for due in dues if looked and due.on <= max(looked)]


@given(st.lists(days_off, max_size=60, unique=True))
def test_a_notice_is_told_once_and_never_on_or_after_the_day(looked: list[date]) -> None:
    closes_on, told, ahead_of = EFFECT + timedelta(days=60), list[str](), list[int]()
    for today in sorted(looked):
        ahead = rules.notice_due(closes_on, told, today, NOTICES)
        if ahead is not None:
            assert today < closes_on
            assert closes_on - timedelta(days=ahead) <= today
            told += rules.notices_covered_by(ahead, NOTICES)
            ahead_of.append(ahead)
    assert ahead_of == sorted(set(ahead_of), reverse=True)


def test_looking_every_day_tells_at_sixty_thirty_ten_and_one() -> None:
    closes_on, told, days = EFFECT + timedelta(days=90), list[str](), list[int]()
    for before in range(90, -1, -1):
        ahead = rules.notice_due(closes_on, told, closes_on - timedelta(days=before), NOTICES)
        if ahead is not None:
            days.append(before)
            told += rules.notices_covered_by(ahead, NOTICES)
    assert days == [60, 30, 10, 1]


def test_a_closing_put_off_puts_off_what_is_erased() -> None:
    later = EFFECT + timedelta(days=200)
    dues = {due.step: due.on for due in rules.due_steps(TABLE[EventKind.RETIREMENT], EFFECT, later)}
    assert dues[Step.CLOSE] == later
    assert dues[Step.PURGE] - dues[Step.CLOSE] == timedelta(days=120)


@given(st.sampled_from(EventKind), days_off)
def test_nothing_is_forgotten_between_two_days_that_matter(event: EventKind, today: date) -> None:
    """Sleeping until the day that is named misses no step."""
    dues = rules.due_steps(TABLE[event], EFFECT)
    done = list(rules.steps_to_run(dues, (), today))
    wakes = rules.next_due_day(dues, done, today, NOTICES)
    following = [due.on for due in dues if due.step not in done]
    assert wakes is None if not following else wakes is not None and wakes <= min(following)


@pytest.mark.parametrize(
    ("event", "days"),
    [
        (EventKind.RETIREMENT, 120),
        (EventKind.TRANSFER, 120),
        (EventKind.CONTRACT_END, 120),
        (EventKind.DEATH, 365),
    ],
)
def test_an_event_declared_a_year_late_erases_nothing_before_a_mistake_is_seen(
    event: EventKind, days: int
) -> None:
    declared_on = EFFECT + timedelta(days=365)
    dues = {due.step: due.on for due in rules.due_steps(TABLE[event], EFFECT, declared_on=declared_on)}
    assert dues[Step.PURGE] == declared_on + timedelta(days=days)
    in_time = rules.due_steps(TABLE[event], EFFECT, declared_on=EFFECT)
    assert in_time == rules.due_steps(TABLE[event], EFFECT)
