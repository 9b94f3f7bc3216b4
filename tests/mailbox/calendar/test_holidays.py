"""The holidays proposed as dates of an absence: those of the zone, in order, the current ones first."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.mailbox.calendar.rules.holidays import ZONES, coming_holidays, holidays

days = st.dates(date(2025, 9, 1), date(2027, 9, 1))


@pytest.mark.parametrize("zone", ZONES)
def test_holidays_are_in_order_and_none_runs_into_the_next(zone: str) -> None:
    rows = holidays(zone)
    assert len(rows) == 12
    assert all(row.starts_on <= row.ends_on for row in rows)
    assert all(row.ends_on < after.starts_on for row, after in pairwise(rows))


@pytest.mark.parametrize("zone", ZONES)
def test_they_begin_after_the_lessons_of_a_week_and_end_the_day_before_a_lesson(zone: str) -> None:
    for row in holidays(zone):
        assert row.starts_on.weekday() == (3 if "Ascension" in row.name else 5), row
        assert row.ends_on.weekday() == 6 or (row.ends_on.month, row.ends_on.day) == (8, 31), row


@given(st.sampled_from(ZONES), days, st.integers(1, 5))
def test_what_is_proposed_is_not_over_and_no_nearer_one_is_left_out(zone: str, day: date, count: int) -> None:
    proposed = coming_holidays(zone, day, count)
    assert len(proposed) <= count
    assert all(row.ends_on >= day for row in proposed)
    left_out = [row for row in holidays(zone) if row.ends_on >= day and row not in proposed]
    assert not proposed or all(row.starts_on > proposed[-1].starts_on for row in left_out)


def test_holidays_are_proposed_until_their_last_day() -> None:
    first = holidays("A")[0]
    assert coming_holidays("A", first.ends_on, 1) == (first,)
    assert coming_holidays("A", first.ends_on + timedelta(days=1), 1) != (first,)


def test_winter_is_not_at_the_same_time_in_two_zones() -> None:
    winters = {row.starts_on for zone in ZONES for row in holidays(zone) if "hiver" in row.name}
    assert len(winters) == len(ZONES) * 2  # two school years


def test_a_zone_we_do_not_know_proposes_nothing() -> None:
    assert coming_holidays("Corse", date(2026, 1, 1), 3) == ()
