"""Birth dates are read however they are typed, and never as another day."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.access.assistant.rules.birth_dates import birth_date

TODAY = date(2026, 11, 25)
BORN = st.dates(date(1927, 1, 1), date(2012, 12, 31))


@given(BORN)
def test_every_way_of_writing_it_is_the_same_day(born: date) -> None:
    ways = (
        f"{born:%d/%m/%Y}", f"{born.day}/{born.month}/{born.year}", f"{born:%d-%m-%y}", f"{born:%d%m%Y}",
        f"{born:%d.%m.%Y}", born.isoformat(), f" {born:%d %m %Y} ",
    )  # fmt: skip
    assert {birth_date(way, today=TODAY) for way in ways} == {born}


@pytest.mark.parametrize("typed", ["3 septembre 1985", "3 SEPTEMBRE 85", "03 Septembre, 1985"])
def test_months_may_be_written(typed: str) -> None:
    assert birth_date(typed, today=TODAY) == date(1985, 9, 3)


def test_the_first_is_written_otherwise() -> None:
    assert birth_date("1er août 1990", today=TODAY) == date(1990, 8, 1)


@pytest.mark.parametrize("typed", ["", "hier", "1985", "3 brumaire 1985", "03/09", "0309198", "x"])
def test_what_is_no_date_is_said(typed: str) -> None:
    with pytest.raises(ValueError, match="no date"):
        birth_date(typed, today=TODAY)


@given(st.text(max_size=30))
def test_anything_typed_is_a_date_or_a_value_error(typed: str) -> None:
    with suppress(ValueError):
        assert birth_date(typed, today=TODAY)
