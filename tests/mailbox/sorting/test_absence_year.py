"""A year gone through, half an hour at a time: the script answers when the rule says so, in summer too."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.sorting.samples import OWNER, WINTER

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.mailbox.sorting.rules.absences import bounds, is_answering, last_day, periods
from vaguemestre.mailbox.sorting.script.absence import absence_commands
from vaguemestre.mailbox.sorting.script.syntax import Command, Tag
from vaguemestre.mailbox.sorting.script.syntax import Test as Question
from vaguemestre.mailbox.sorting.values import Absence, Place, SortingSettings

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = [datetime(2026, 8, 31, 22, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(2 * 24 * 366)]


def answers(absences: tuple[Absence, ...], at: datetime) -> Command | None:
    """The `if` that the script would enter at that moment (RFC 5260 §4), people's messages only."""
    for outer in commands(absences):
        for branch in outer.block or ():
            assert branch.test is not None
            if true(branch.test, at):
                return branch
    return None


@cache
def commands(absences: tuple[Absence, ...]) -> tuple[Command, ...]:
    return absence_commands(SortingSettings(absences), OWNER, BEFORE)


def true(test: Question, at: datetime) -> bool:
    match test.name:
        case "allof":
            return all(true(one, at) for one in test.tests)
        case "anyof":
            return any(true(one, at) for one in test.tests)
        case "currentdate":
            return clock(list(test.arguments), at)
    raise AssertionError(test.name)


def clock(arguments: list[object], at: datetime) -> bool:
    assert arguments[0] == Tag("zone")
    offset = timedelta(hours=int(str(arguments[1])[:3]))
    here = at.astimezone(timezone(offset))
    if arguments[2] == Tag("value"):
        told = here.isoformat(timespec="seconds")
        return told >= str(arguments[5]) if arguments[3] == "ge" else told < str(arguments[5])
    assert arguments[2:4] == [Tag("is"), "weekday"]
    return str(here.isoweekday() % 7) in arguments[4]  # type: ignore[operator]


def weekly(*days: int) -> Absence:
    return replace(
        WINTER,
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 7, 2),
        place=Place.WEEKLY,
        weekdays=days,
    )


@pytest.mark.heavy
@pytest.mark.parametrize(
    "absence",
    [
        WINTER,
        weekly(3),
        weekly(1, 5, 6, 7),
        replace(WINTER, starts_on=date(2026, 10, 25), ends_on=date(2026, 10, 25)),
        replace(
            WINTER,
            starts_on=date(2027, 3, 28),
            starts_at=time(2, 30),
            ends_on=date(2027, 3, 28),
            ends_at=time(4),
        ),
        replace(weekly(7), starts_on=date(2026, 10, 24), ends_on=date(2026, 10, 26), ends_at=time(1)),
    ],
    ids=["holidays", "wednesdays", "half the week", "day of 25 hours", "hour that is not", "one sunday"],
)
def test_the_script_answers_when_the_rule_says_so_all_year(absence: Absence) -> None:
    differ = [at for at in YEAR if (answers((absence,), at) is not None) is not is_answering(absence, at)]
    assert differ == []
    assert any(is_answering(absence, at) for at in YEAR)


@pytest.mark.heavy
def test_a_weekly_absence_lasts_whole_days_of_paris() -> None:
    days = {at.astimezone(PARIS).date() for at in YEAR if is_answering(weekly(3), at)}
    assert {day.isoweekday() for day in days} == {3}
    for day in days:
        held = [at for at in YEAR if at.astimezone(PARIS).date() == day]
        assert all(is_answering(weekly(3), at) for at in held)


def test_of_two_absences_at_once_the_first_speaks() -> None:
    first, second = WINTER, replace(weekly(1, 2, 3, 4, 5, 6, 7), internal_text="autre", place=Place.SECOND)
    christmas, spring = datetime(2026, 12, 25, 12, tzinfo=UTC), datetime(2027, 4, 1, 12, tzinfo=UTC)
    spoken = [answers((first, second), at) for at in (christmas, spring)]
    assert all(spoken)
    assert "Je suis en congé" in str(spoken[0])
    assert "autre" in str(spoken[1])
    assert "autre" not in str(spoken[0])


_DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(_DAYS, st.integers(0, 800), st.none() | st.times(), st.none() | st.times())
def test_stretches_cover_the_absence_and_keep_one_offset_each(
    first: date, length: int, starts_at: time | None, ends_at: time | None
) -> None:
    absence = replace(
        WINTER, starts_on=first, ends_on=first + timedelta(days=length), starts_at=starts_at, ends_at=ends_at
    )
    begin, end = bounds(absence)
    found = list(periods(absence))
    if begin >= end:
        assert found == []
        return
    assert found[0][0] == begin
    assert found[-1][1] == end
    assert all(one[1] == other[0] for one, other in pairwise(found))
    for start, stop, offset in found:
        assert start < stop
        for at in moments(start, stop):
            assert at.astimezone(PARIS).utcoffset() == offset


def moments(start: datetime, stop: datetime) -> Iterator[datetime]:
    yield start
    yield stop - timedelta(seconds=1)
    at = start
    while at < stop:
        yield at
        at += timedelta(days=5, hours=7)


def test_the_last_day_of_a_weekly_absence_is_the_last_in_a_row() -> None:
    friday = datetime(2026, 9, 4, 12, tzinfo=UTC)
    assert last_day(weekly(5, 6, 7), friday) == date(2026, 9, 6)
    assert last_day(weekly(5), friday) == date(2026, 9, 4)
    assert last_day(WINTER, friday) == WINTER.ends_on
