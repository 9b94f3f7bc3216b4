"""How long a roster is kept."""

from datetime import date


def purge_day(day: date) -> date:
    """The last day of the school year: nothing of a roster is kept after it."""
    return date(day.year + (day.month >= 9), 8, 31)
