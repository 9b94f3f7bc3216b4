"""Who is in which view of the staff."""

from datetime import date, timedelta
from typing import NamedTuple

from vaguemestre.desks.schoolstaff.values import Part, StaffMember

ENDING_DAYS = 30  # an end that near is shown: time to renew a contract, or to ask who comes next


class Week(NamedTuple):
    """A week, from Monday to Sunday."""

    first: date
    last: date


def week_of(day: date) -> Week:
    first = day - timedelta(days=day.weekday())
    return Week(first, first + timedelta(days=6))


def is_in(part: Part, member: StaffMember, today: date) -> bool:
    """Whether the view `part` shows that member."""
    if part is Part.NEVER_ACTIVATED:
        return member.is_activated is False
    if part is Part.ARRIVALS:
        week = week_of(today)
        return week.first <= member.stay.since <= week.last
    if part is Part.ENDING:
        return member.stay.until is not None and member.stay.until <= today + timedelta(days=ENDING_DAYS)
    return True
