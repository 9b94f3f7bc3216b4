"""Working hours: outside them, the composer offers to send later (« droit à la déconnexion »)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from vaguemestre.foundation.kernel.times import PARIS

UNDO_AT_MOST = timedelta(minutes=2)  # a message that waits longer was scheduled
UNDO_CHOICES = (0, 10, 20, 30)  # seconds « Annuler l’envoi » is shown


def is_scheduled(created_at: datetime, due_at: datetime) -> bool:
    """Whether a message waits for an hour, and not only for the end of « Annuler l'envoi »."""
    return due_at - created_at > UNDO_AT_MOST


@dataclass(frozen=True)
class Hours:
    """Working hours, Paris time, Monday to Friday, except bank holidays and `holidays`."""

    starts: time = time(7)
    ends: time = time(20)
    resumes: time = time(8)  # when deferred messages are sent
    holidays: frozenset[date] = frozenset()

    def is_worked(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays and not is_bank_holiday(day)


def quiet_until(hours: Hours, now: datetime) -> datetime | None:
    """The next working morning when `now` is outside working time; None within it."""
    local = now.astimezone(PARIS)
    day, morning = local.date(), max(hours.resumes, hours.starts)
    if hours.is_worked(day):
        if hours.starts <= local.time() < hours.ends:
            return None
        if local.time() < hours.starts:
            return datetime.combine(day, morning, PARIS)
    day += timedelta(days=1)
    while not hours.is_worked(day):
        day += timedelta(days=1)
    return datetime.combine(day, morning, PARIS)


def is_bank_holiday(day: date) -> bool:
    """The eleven French ones (Code du travail, L3133-1)."""
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    if (day.month, day.day) in fixed:
        return True
    return (day - easter(day.year)).days in (1, 39, 50)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Butcher's rule)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)
