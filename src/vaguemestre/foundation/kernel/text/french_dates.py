"""Hours and moments as screens write them, in Paris time: « 8 h », « hier à 12 h 45 »."""

from datetime import date, datetime, time, timedelta

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import PARIS, paris_day

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_BLANK = "\N{NO-BREAK SPACE}"


def hour_fr(moment: datetime | time) -> str:
    """« 8 h », « 12 h 45 ». A time without a date is Paris time already."""
    local = moment.astimezone(PARIS) if isinstance(moment, datetime) else moment
    minutes = f"{_BLANK}{local.minute:02}" if local.minute else ""
    return f"{local.hour}{_BLANK}h{minutes}"


def day_fr(day: date, *, with_weekday: bool = False, with_year: bool = True) -> str:
    """« 1er décembre 2026 », « mardi 1er décembre »."""
    weekday = f"{_DAYS[day.weekday()]} " if with_weekday else ""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{weekday}{number} {_MONTHS[day.month - 1]}{f' {day.year}' if with_year else ''}"


def dated_moment_fr(moment: datetime) -> str:
    """« 28 novembre 2026 à 10 h 04 »: for what is read on another day."""
    return f"{day_fr(paris_day(moment))} à {hour_fr(moment)}"


def moment_fr(moment: datetime, today: date) -> str:
    """« aujourd’hui à 8 h », « hier à 12 h 45 », else the day, its year if it is another, and the hour."""
    day = paris_day(moment)
    if day == today:
        day_words = "aujourd’hui"
    elif day == today - timedelta(days=1):
        day_words = "hier"
    else:
        day_words = day_fr(day, with_year=day.year != today.year)
    return f"{day_words} à {hour_fr(moment)}"


def coming_moment_fr(moment: datetime, today: date) -> str:
    """« aujourd’hui à 8 h », « demain à 8 h », else « lundi 30 novembre à 8 h »."""
    day = paris_day(moment)
    near = {today: "aujourd’hui", today + timedelta(days=1): "demain"}
    return f"{near.get(day) or day_fr(day, with_weekday=True, with_year=False)} à {hour_fr(moment)}"


def elapsed_fr(since: datetime, now: datetime) -> str:
    """« 59 minutes », « 14 heures », « 19 jours »: whole units passed; from two days on, days."""
    minutes = max(1, (now - since) // timedelta(minutes=1))
    if minutes < 60:
        return counted(minutes, "minute")
    hours = minutes // 60
    return counted(hours, "heure") if hours < 48 else counted(hours // 24, "jour")
