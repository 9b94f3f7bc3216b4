"""Outside working time a morning is proposed: always one to come, always a day one works."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.outbox.rules.hours import Hours, easter, is_bank_holiday, quiet_until

HOURS = Hours()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "proposed"),
    [
        ("2026-11-26 11:00", None),
        ("2026-11-26 20:00", "2026-11-27 08:00"),
        ("2026-11-27 05:30", "2026-11-27 08:00"),
        ("2026-11-27 22:00", "2026-11-30 08:00"),
        ("2026-11-28 11:00", "2026-11-30 08:00"),
        ("2026-12-24 21:00", "2026-12-28 08:00"),
        ("2027-05-05 21:00", "2027-05-07 08:00"),  # the Ascension
        ("2026-03-28 23:30", "2026-03-30 08:00"),  # the night clocks change
    ],
)
def test_nights_week_ends_and_bank_holidays_wait_for_a_morning(now: str, proposed: str | None) -> None:
    assert quiet_until(HOURS, at(now)) == (at(proposed) if proposed else None)


def test_easter_falls_where_it_falls() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25),
    ]  # fmt: skip
    assert is_bank_holiday(date(2026, 4, 6))
    assert not is_bank_holiday(date(2026, 4, 7))


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)),
    st.integers(0, 12),
    st.integers(13, 23),
    st.frozensets(st.dates(date(2024, 1, 1), date(2040, 1, 1)), max_size=3),
)
def test_what_is_proposed_is_to_come_and_worked(
    naive: datetime, starts: int, ends: int, holidays: frozenset[date]
) -> None:
    hours, now = Hours(time(starts), time(ends), holidays=holidays), naive.replace(tzinfo=PARIS)
    proposed = quiet_until(hours, now)
    if proposed is None:
        assert hours.is_worked(now.date())
        return
    assert proposed > now
    assert hours.is_worked(proposed.date())
    assert quiet_until(hours, proposed) is None
