"""More people never need fewer machines; what may die has another one of its kind."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.production.capacity.habits import Habits, suppositions, with_figures
from vaguemestre.processes.production.capacity.measures import ACTS, HOLDINGS, Act, Kind
from vaguemestre.processes.production.capacity.rules import Size, disk_for, machines_for, peaks, total

HABITS = Habits()
PEOPLE = st.integers(1, 5_000_000)
WORK = [one.name for one in suppositions(HABITS) if one.name.endswith("_a_day")]


@given(PEOPLE, PEOPLE)
def test_more_people_never_need_fewer_machines_nor_smaller_ones(one: int, other: int) -> None:
    fewer, more = (machines_for(Size("", people), HABITS) for people in sorted((one, other)))
    for small, large in zip(fewer, more, strict=True):
        assert small.machines <= large.machines
        assert small.each_cores <= large.each_cores
        assert small.cores <= large.cores
        assert small.memory_gb <= large.memory_gb
    assert disk_for(min(one, other), HABITS) <= disk_for(max(one, other), HABITS)


@given(PEOPLE, st.sampled_from(WORK), st.floats(1, 50))
def test_more_work_never_needs_fewer_machines(people: int, name: str, times: float) -> None:
    busier = replace(HABITS, **{name: getattr(HABITS, name) * times})
    usual, more = (machines_for(Size("", people), habits) for habits in (HABITS, busier))
    assert all(
        a.machines <= b.machines and a.each_cores <= b.each_cores for a, b in zip(usual, more, strict=True)
    )


@given(PEOPLE, st.integers(1, 40))
def test_any_machine_may_die_at_the_busiest_moment(people: int, installations: int) -> None:
    size = Size("", max(people, installations), installations)
    for need in machines_for(size, HABITS):
        assert need.spare >= installations
        serving = need.machines - need.spare
        if need.kind is Kind.DATABASE:  # one writes, whichever is left
            assert need.machines == 3 * installations
            serving = installations
        assert need.cores <= serving * need.each_cores * HABITS.busy * (1 + 1e-9)
        assert need.memory_gb <= serving * need.each_gb * HABITS.full * (1 + 1e-9)


@given(PEOPLE)
def test_a_group_has_no_more_mailboxes_than_asked(people: int) -> None:
    pods = next(need for need in machines_for(Size("", people), HABITS) if need.kind is Kind.POD)
    assert (pods.machines - pods.spare) * HABITS.mailboxes_each >= people


@given(PEOPLE, st.integers(1, 40))
def test_installations_apart_need_as_much_as_each_of_them(people: int, installations: int) -> None:
    apart = machines_for(Size("", people * installations, installations), HABITS)
    assert total(apart) == installations * total(machines_for(Size("", people), HABITS))


def test_every_cost_and_holding_follows_a_habit_and_says_where_it_was_measured() -> None:
    known = {one.name for one in suppositions(HABITS)}
    assert {act.rate for act in ACTS} | {one.share for one in HOLDINGS} <= known
    for one in (*ACTS, *HOLDINGS):
        assert one.source.where
        assert one.source.day
        figures = one.cost if isinstance(one, Act) else one.memory
        assert figures
        assert all(figure > 0 for figure in figures.values())


def test_each_kind_of_machine_has_a_measured_cost() -> None:
    assert {kind for act in ACTS for kind in act.cost} == set(Kind)


def test_a_monday_morning_is_counted_by_its_minutes() -> None:
    rate = next(peak for peak in peaks(45_000, HABITS) if peak.means.startswith("une identification"))
    assert math.isclose(rate.each_second, 5_000 / 300)


@pytest.mark.parametrize(
    "text", ["cores", "cores=", "cores=deux", "cores=0", "cores=-1", "cores=nan", "cores=inf", "x=1"]
)
def test_a_figure_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(EngineRefused):
        with_figures(HABITS, [text])


def test_a_figure_given_with_a_comma_is_taken() -> None:
    assert with_figures(HABITS, ["mailbox_gb=1,5", "cores=8"]) == replace(HABITS, mailbox_gb=1.5, cores=8)
