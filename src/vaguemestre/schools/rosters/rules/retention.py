"""Retention of rosters."""

from datetime import date


def purge_day(day: date) -> date:
    """The last day of the school year of `day`; rosters are deleted after it."""
    return date(day.year + (day.month >= 9), 8, 31)
