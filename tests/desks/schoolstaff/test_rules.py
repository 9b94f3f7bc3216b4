"""Posts that follow each other are one stay; each view shows whom its name says."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.desks.schoolstaff.rules.stays import stay_on
from vaguemestre.desks.schoolstaff.rules.views import is_in, week_of
from vaguemestre.desks.schoolstaff.values import Part, StaffMember, Stay

TODAY = date(2026, 11, 25)  # a Wednesday
WEEK = week_of(TODAY)
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@st.composite
def posts(draw: st.DrawFn) -> Stay:
    since = draw(DAYS)
    return Stay(since, draw(st.none() | st.dates(since, date(2031, 12, 31))))


def member(since: date, until: date | None = None, *, is_activated: bool | None = True) -> StaffMember:
    return StaffMember(1, "Lou", "lou", None, 1, "Collège", "ENS", Stay(since, until), is_activated)


@given(st.lists(posts(), max_size=6))
def test_whoever_serves_today_has_a_stay_that_holds_a_post_of_theirs_whole(held: list[Stay]) -> None:
    stay = stay_on(held, TODAY, WEEK.last)
    serving = [p for p in held if p.since <= WEEK.last and (p.until is None or p.until >= TODAY)]
    assert (stay is None) == (not serving)
    if stay:
        assert stay.until is None or stay.until >= TODAY
        assert stay.since in {post.since for post in held}
        assert stay.until in {post.until for post in held}


def test_a_contract_renewed_after_the_summer_is_no_arrival_and_no_end() -> None:
    held = [Stay(date(2025, 9, 1), date(2026, 7, 10)), Stay(date(2026, 9, 1), date(2026, 11, 30))]
    assert stay_on([*held, Stay(date(2026, 12, 1), None)], TODAY, WEEK.last) == Stay(date(2025, 9, 1), None)
    assert stay_on(held, TODAY, WEEK.last) == Stay(date(2025, 9, 1), date(2026, 11, 30))


def test_whoever_comes_back_after_years_arrives_anew() -> None:
    held = [Stay(date(2010, 9, 1), date(2015, 8, 31)), Stay(WEEK.first, None)]
    assert stay_on(held, TODAY, WEEK.last) == Stay(WEEK.first, None)


def test_arrivals_are_those_of_the_week_and_ends_those_of_thirty_days() -> None:
    shown = {day: is_in(Part.ARRIVALS, member(day), TODAY) for day in (WEEK.first, WEEK.last)}
    assert shown == {date(2026, 11, 23): True, date(2026, 11, 29): True}
    assert not is_in(Part.ARRIVALS, member(WEEK.first - timedelta(days=1)), TODAY)
    assert is_in(Part.ENDING, member(TODAY, TODAY + timedelta(days=30)), TODAY)
    assert not is_in(Part.ENDING, member(TODAY, TODAY + timedelta(days=31)), TODAY)
    assert not is_in(Part.ENDING, member(TODAY), TODAY)


def test_whoever_has_no_account_did_not_forget_to_activate_it() -> None:
    assert is_in(Part.NEVER_ACTIVATED, member(TODAY, is_activated=False), TODAY)
    assert not is_in(Part.NEVER_ACTIVATED, member(TODAY, is_activated=None), TODAY)
