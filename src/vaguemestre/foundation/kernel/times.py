"""Days in Europe/Paris, school years from 1 September, dates typed by people."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_SHORT_YEAR = re.compile(r"^(\d{1,2}[/. -]\d{1,2}[/. -])([2-4]\d)$", re.ASCII)
_NEAR_YEARS = range(1800, 2200)
_HOUR = re.compile(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?")


def paris_day(moment: datetime) -> date:
    """The calendar day of an aware moment in Paris."""
    return moment.astimezone(PARIS).date()


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last of the month if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


class FarDay(ValueError):
    """A day centuries away, where one near today is asked for."""


class NoSuchDay(ValueError):
    """A well-formed date that the calendar does not have (31/02/1990)."""


def parse_day(text: str) -> date:
    """Parse `JJ/MM/AAAA` (also with dots, hyphens or spaces) or ISO `AAAA-MM-JJ`.

    Raises ValueError, of which NoSuchDay for a day that does not exist.
    """
    pieces = "".join(c if c.isdecimal() else " " for c in text).split()
    if len(pieces) != 3:
        raise ValueError(text)
    if len(pieces[0]) == 4:
        return _day(int(pieces[0]), int(pieces[1]), int(pieces[2]))
    if len(pieces[2]) == 4:
        return _day(int(pieces[2]), int(pieces[1]), int(pieces[0]))
    raise ValueError(text)


def parse_near_day(text: str) -> date:
    """As `parse_day`, for a day near today: a year may have two digits (`3/12/26`), from 2020 to 2049.

    Raises ValueError, of which FarDay for a year that is a slip: a sum of days would leave the calendar.
    """
    day = parse_day(_SHORT_YEAR.sub(r"\g<1>20\2", text.strip()))
    if day.year not in _NEAR_YEARS:
        raise FarDay(text)
    return day


def parse_hour(text: str) -> time:
    """Parse « 8 h », « 8 h 30 », « 8h30 », « 08:30 » or « 8 ». Raises ValueError."""
    match = _HOUR.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2] or 0))


def day_refusal(text: str, malformed: str) -> str:
    """The refusal code of an invalid date: no such day, or else `malformed`."""
    try:
        parse_near_day(text)
    except NoSuchDay:
        return "kernel.no-such-day"
    except FarDay:
        return "kernel.far-day"
    except ValueError:
        pass
    return malformed


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoSuchDay(f"{day:02}/{month:02}/{year}") from error
