"""Which absences are possible, and exactly when they answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.sorting.samples import NOW, OWNER, WINTER

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.mailbox.sorting.rules.absences import (
    bounds,
    check_absence,
    is_answering,
    is_over,
    reply_previews,
    vacation_handle,
)
from vaguemestre.mailbox.sorting.values import Absence

YEAR = st.dates(date(2026, 9, 1), date(2027, 8, 31))
HOURS = st.none() | st.times().map(lambda hour: hour.replace(second=0, microsecond=0))


def away(first: date, last: date, starts: time | None = None, ends: time | None = None) -> Absence:
    return replace(WINTER, starts_on=first, ends_on=last, starts_at=starts, ends_at=ends)


def test_both_days_are_whole_days_of_paris() -> None:
    begin, end = bounds(WINTER)
    assert begin == datetime(2026, 12, 18, 23, tzinfo=UTC)
    assert end == datetime(2027, 1, 3, 23, tzinfo=UTC)


def test_an_absence_across_the_change_of_hour_ends_at_the_new_midnight() -> None:
    begin, end = bounds(away(date(2027, 3, 20), date(2027, 4, 2)))
    assert begin == datetime(2027, 3, 19, 23, tzinfo=UTC)
    assert end == datetime(2027, 4, 2, 22, tzinfo=UTC)
    begin, end = bounds(away(date(2026, 10, 20), date(2026, 10, 30)))
    assert begin == datetime(2026, 10, 19, 22, tzinfo=UTC)
    assert end == datetime(2026, 10, 30, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "ends", "hours"),
    [(time(2, 30), time(2, 30), 1), (time(2), time(3), 2), (None, None, 25)],
    ids=["the hour that happens twice", "around it", "that day"],
)
def test_the_autumn_night_counts_both_hours(starts: time | None, ends: time | None, hours: int) -> None:
    day = date(2026, 10, 25)
    begin, end = bounds(away(day, day, starts, ends))
    assert end - begin == timedelta(hours=hours)


def test_an_hour_that_never_happens_is_read_an_hour_later() -> None:
    begin, _ = bounds(away(date(2027, 3, 28), date(2027, 3, 29), time(2, 30)))
    assert begin.astimezone(PARIS).time() == time(3, 30)


@given(first=YEAR, length=st.integers(0, 300), starts=HOURS, ends=HOURS, moment=st.times())
def test_every_instant_of_a_day_in_between_is_inside(
    first: date, length: int, starts: time | None, ends: time | None, moment: time
) -> None:
    absence = away(first, first + timedelta(days=length), starts, ends)
    begin, end = bounds(absence)
    for day in (absence.starts_on + timedelta(days=1), absence.ends_on - timedelta(days=1)):
        if absence.starts_on < day < absence.ends_on:
            assert begin <= datetime.combine(day, moment, PARIS).astimezone(UTC) < end
    before = datetime.combine(first - timedelta(days=1), moment, PARIS).astimezone(UTC)
    after = datetime.combine(absence.ends_on + timedelta(days=1), moment, PARIS).astimezone(UTC)
    assert before < begin
    assert end <= after


@given(first=YEAR, length=st.integers(0, 300))
def test_whole_days_begin_and_end_at_midnight_in_paris(first: date, length: int) -> None:
    absence = away(first, first + timedelta(days=length))
    begin, end = (moment.astimezone(PARIS) for moment in bounds(absence))
    assert (begin.date(), begin.time()) == (first, time())
    assert (end.date(), end.time()) == (absence.ends_on + timedelta(days=1), time())


def test_every_day_of_a_year_simulated_hour_by_hour() -> None:
    """A walk through real time, never through calendars: the switch is on exactly on the days named."""
    absence = away(date(2026, 10, 17), date(2027, 4, 4))
    moment = datetime(2026, 9, 1, tzinfo=UTC)
    while moment < datetime(2027, 9, 1, tzinfo=UTC):
        day = moment.astimezone(PARIS).date()
        assert is_answering(absence, moment) is (absence.starts_on <= day <= absence.ends_on)
        moment += timedelta(minutes=30)


def test_it_ends_by_itself() -> None:
    _, end = bounds(WINTER)
    assert is_answering(WINTER, end - timedelta(microseconds=1))
    assert not is_answering(WINTER, end)
    assert is_over(WINTER, end)
    assert not is_over(replace(WINTER, is_on=False), end)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_on": date(2026, 12, 18)}, "absence-backwards"),
        ({"ends_on": date(2026, 12, 19), "starts_at": time(12), "ends_at": time(12)}, "absence-backwards"),
        ({"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 24)}, "absence-over"),
        ({"ends_on": date(2036, 1, 1)}, "absence-too-long"),
        ({"internal_text": " \n", "external_text": ""}, "absence-silent"),
        ({"days": 0}, "absence-days"),
        ({"days": 61}, "absence-days"),
        ({"subject": "Absente\r\nBcc: x@y.z"}, "absence-subject"),
        ({"subject": "a\u2028b"}, "absence-subject"),
        ({"subject": "x" * 151}, "absence-subject"),
        ({"internal_text": "x" * 4001}, "absence-text-too-long"),
        ({"external_text": "a\0b"}, "absence-text-unprintable"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_absence(replace(WINTER, **changes), now=NOW)  # type: ignore[arg-type]
    assert refused.value.code == f"sorting.{code}"


def test_ordinary_french_is_accepted() -> None:
    check_absence(replace(WINTER, internal_text="Bonjour\u00a0!\n\tÀ bientôt «\u202flà\u202f» 😀"), now=NOW)


def test_an_absence_switched_off_may_be_unfinished() -> None:
    check_absence(
        replace(WINTER, is_on=False, ends_on=date(2020, 1, 1), internal_text="", external_text=""), now=NOW
    )


def test_a_changed_text_or_subject_is_another_reply() -> None:
    known = vacation_handle("internal", WINTER, WINTER.internal_text)
    assert vacation_handle("internal", WINTER, WINTER.internal_text) == known
    assert vacation_handle("internal", WINTER, WINTER.internal_text + " ") != known
    assert vacation_handle("external", WINTER, WINTER.internal_text) != known
    assert vacation_handle("internal", replace(WINTER, subject="Autre"), WINTER.internal_text) != known
    assert (
        vacation_handle("internal", replace(WINTER, ends_on=date(2027, 1, 9)), WINTER.internal_text) == known
    )


def test_the_preview_says_when_nobody_is_answered() -> None:
    internal, external = reply_previews(replace(WINTER, external_text="  "), OWNER, {})
    assert internal is not None
    assert internal.sender == "Nadia Morel <nadia.morel@ac-amiens.test>"
    assert internal.subject == "Absence : Réunion"
    assert external is None
