"""Dates and numbers in French; all dates in Paris time."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from vaguemestre.foundation.kernel.text.french_dates import hour_fr
from vaguemestre.foundation.kernel.times import paris_day

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_SHORT = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip


hour = hour_fr


def row_time(moment: datetime, today: date) -> str:
    """Time of a row that stands under a date heading: an hour this week, else a day."""
    return _far_day(paris_day(moment), today) or hour(moment)


@lru_cache(maxsize=1024)
def _far_day(day: date, today: date) -> str:
    """The day in short; empty this week and yesterday."""
    if today - timedelta(days=max(1, today.weekday())) <= day <= today:
        return ""
    return f"{_ordinal(day.day)} {_SHORT[day.month - 1]}" if day.year == today.year else _figures(day)


def day_time(moment: datetime, today: date) -> str:
    """Time of a row without a date heading: an hour today, else a day."""
    day = paris_day(moment)
    if day == today:
        return hour(moment)
    return f"{_ordinal(day.day)} {_SHORT[day.month - 1]}" if day.year == today.year else _figures(day)


def day_and_hour(moment: datetime, today: date) -> str:
    """An hour today, the day and hour this year, else a day."""
    day = paris_day(moment)
    if day == today:
        return hour(moment)
    if day == today - timedelta(days=1):
        return f"hier {hour(moment)}"
    if day.year != today.year:
        return _figures(day)
    return f"{_ordinal(day.day)} {_SHORT[day.month - 1]} {hour(moment)}"


def heading(moment: datetime, today: date) -> str:
    """Date heading of a row: a day this week, then last week, then a month."""
    return _heading(paris_day(moment), today)


@lru_cache(maxsize=1024)
def _heading(day: date, today: date) -> str:
    if day > today:
        return "À venir"
    if day == today:
        return "Aujourd’hui"
    if day == today - timedelta(days=1):
        return "Hier"
    monday = today - timedelta(days=today.weekday())
    if day >= monday:
        return f"{_DAYS[day.weekday()].capitalize()} {_ordinal(day.day)} {_MONTHS[day.month - 1]}"
    if day >= monday - timedelta(days=7):
        return "La semaine dernière"
    return f"{_MONTHS[day.month - 1].capitalize()} {day.year}"


def long_date(moment: datetime, today: date) -> str:
    """`aujourd’hui à 9 h 42`, `hier à 18 h 20`, `lundi 23 novembre 2026 à 9 h 42`"""
    day = paris_day(moment)
    if day == today:
        return f"aujourd’hui à {hour(moment)}"
    if day == today - timedelta(days=1):
        return f"hier à {hour(moment)}"
    return f"{full_day(day)} à {hour(moment)}"


def full_day(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {_ordinal(day.day)} {_MONTHS[day.month - 1]} {day.year}"


def number(count: int) -> str:
    """Thousands separated by a narrow no-break space."""
    return f"{count:,}".replace(",", "\u202f")


def _figures(day: date) -> str:
    """`03/09/2026`. `strftime` takes four times as long, for every row of a list."""
    return f"{day.day:02}/{day.month:02}/{day.year}"


def _ordinal(day: int) -> str:
    return "1er" if day == 1 else str(day)
