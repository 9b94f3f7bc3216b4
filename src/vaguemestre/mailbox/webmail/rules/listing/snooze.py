"""When a message comes back, and when an answer is missed: the moments proposed, in Paris."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.mailbox.calendar.values import Holiday
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing.view_params import day

FOLDER = "Reportés"  # where messages wait; other programs show it too
MOST = 100  # messages put off in one go
_MORNING, _EVENING = time(8), time(18)
_LATEST = timedelta(days=800)


class When(StrEnum):
    """The moments that have a name."""

    EVENING = "ce-soir"
    TOMORROW = "demain"
    MONDAY = "lundi"
    WEEK = "semaine"
    LESSONS = "rentree"
    DAY = "date"


@dataclass(frozen=True)
class Proposed:
    """`said`: the moment, in words."""

    when: When
    name: str
    said: str
    moment: datetime


def proposed(now: datetime, coming: Sequence[Holiday]) -> tuple[Proposed, ...]:
    """What may be chosen by its name now. `coming`: the holidays of the zone, present and next."""
    today = paris_day(now)
    found = []
    if now.astimezone(PARIS).time() < time(17):
        found.append((When.EVENING, "Ce soir", _at(today, _EVENING)))
    found.append((When.TOMORROW, "Demain", _at(today + timedelta(days=1), _MORNING)))
    monday = today + timedelta(days=7 - today.weekday())
    if monday > today + timedelta(days=1):
        found.append((When.MONDAY, "Lundi", _at(monday, _MORNING)))
    found.append((When.WEEK, "Dans une semaine", _at(today + timedelta(days=7), _MORNING)))
    if coming:
        lessons = _lessons(coming[0].ends_on)
        found.append((When.LESSONS, f"Après {_named(coming[0])}", _at(lessons, _MORNING)))
    return tuple(Proposed(when, name, _said(moment), moment) for when, name, moment in found)


def moment_of(when: str, typed: str, now: datetime, coming: Sequence[Holiday]) -> datetime:
    """The moment a name stands for, or a day typed (`25/11/2026`), in the morning.

    Raises Refusal `webmail.unreadable-day`, `webmail.reminder-past`, `webmail.reminder-far`.
    """
    if when != When.DAY:
        found = next((one.moment for one in proposed(now, coming) if one.when == when), None)
        if found is None:
            raise Refusal("webmail.unreadable-day")
        return found
    wanted = day(typed)
    moment = _at(wanted, _MORNING)
    if moment <= now:
        raise Refusal("webmail.reminder-past")
    if moment > now + _LATEST:
        raise Refusal("webmail.reminder-far")
    return moment


def _at(of: date, hour: time) -> datetime:
    return datetime.combine(of, hour, PARIS)


def _said(moment: datetime) -> str:
    return f"{french.full_day(paris_day(moment))} à {french.hour(moment)}"


def _lessons(last: date) -> date:
    """The first day of lessons after holidays."""
    first = last + timedelta(days=1)
    return first + timedelta(days=7 - first.weekday()) if first.weekday() > 4 else first


def _named(holiday: Holiday) -> str:
    """`les vacances de Noël`, `le pont de l’Ascension`"""
    article = "le" if holiday.name.startswith("Pont") else "les"
    return f"{article} {holiday.name[:1].lower()}{holiday.name[1:]}"
