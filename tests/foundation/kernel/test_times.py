"""Days as people type them, years as schools count them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.times import paris_day, parse_day, parse_near_day


@pytest.mark.parametrize(
    "text", ["02/09/1986", "2/9/1986", "02.09.1986", "02-09-1986", " 02 09 1986 ", "1986-09-02"]
)
def test_a_day_is_read_however_it_is_typed(text: str) -> None:
    assert parse_day(text) == date(1986, 9, 2)


@pytest.mark.parametrize("text", ["", "02/09/86", "31/02/2000", "hier", "02/09", "1/2/3/2000"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text)


@pytest.mark.parametrize("text", ["3/12/26", " 03/12/26 ", "3.12.26", "3-12-26", "3 12 26", "03/12/2026"])
def test_the_year_of_a_near_day_may_have_two_digits(text: str) -> None:
    assert parse_near_day(text) == date(2026, 12, 3)


@pytest.mark.parametrize("text", ["03/09/85", "26/12", "3/12/6", "31/2/26"])
def test_a_far_year_is_written_whole(text: str) -> None:
    with pytest.raises(ValueError):
        parse_near_day(text)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_both_written_forms_come_back_to_the_same_day(day: date) -> None:
    assert parse_day(day.isoformat()) == day
    assert parse_day(f"{day.day:02}/{day.month:02}/{day.year:04}") == day


def test_a_day_begins_at_midnight_in_paris() -> None:
    assert paris_day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)
