"""Dates of reminders: the choices offered, in Paris time; and the answers that do not end a wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.mailbox.calendar.values import Holiday
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing.view_params import parse_typed_day, parse_typed_hour
from vaguemestre.post.mailstore.values import OpenedMessage

FOLDER = "Reportés"  # of snoozed messages; mail programs show it too
MAX_MESSAGES = 100  # snoozed at once
_MORNING, _EVENING = time(8), time(18)
_LATEST = timedelta(days=800)
_DAEMONS = ("mailer-daemon@", "postmaster@")


class When(StrEnum):
    """Named choices of a date, as forms send them."""

    EVENING = "ce-soir"
    TOMORROW = "demain"
    MONDAY = "lundi"
    WEEK = "semaine"
    LESSONS = "rentree"
    DAY = "date"


@dataclass(frozen=True)
class SnoozeChoice:
    """A date offered under a name. `description`: the date in words."""

    when: When
    name: str
    description: str
    moment: datetime


def snooze_choices(now: datetime, coming: Sequence[Holiday]) -> tuple[SnoozeChoice, ...]:
    """Choices offered at `now`. `coming`: current and next school holidays of the zone."""
    today = paris_day(now)
    moments = []
    if now.astimezone(PARIS).time() < time(17):
        moments.append((When.EVENING, "Ce soir", _at(today, _EVENING)))
    moments.append((When.TOMORROW, "Demain", _at(today + timedelta(days=1), _MORNING)))
    monday = today + timedelta(days=7 - today.weekday())
    if today + timedelta(days=1) < monday < today + timedelta(days=7):  # else it is said otherwise
        moments.append((When.MONDAY, "Lundi", _at(monday, _MORNING)))
    moments.append((When.WEEK, "Dans une semaine", _at(today + timedelta(days=7), _MORNING)))
    if coming:
        school_day = _first_school_day(coming[0].ends_on)
        moments.append((When.LESSONS, f"Après {_holiday_name(coming[0])}", _at(school_day, _MORNING)))
    return tuple(SnoozeChoice(when, name, _in_words(moment), moment) for when, name, moment in moments)


def moment_of(when: str, typed: str, now: datetime, coming: Sequence[Holiday], *, hour: str = "") -> datetime:
    """The date of a choice, or a day typed (`25/11/2026`) at `hour` (`14 h 30`), in the morning without one.

    Raises Refusal `webmail.unreadable-day`, `webmail.unreadable-hour`, `webmail.reminder-past`,
    `webmail.reminder-far`.
    """
    if when != When.DAY:
        choice = next((choice for choice in snooze_choices(now, coming) if choice.when == when), None)
        if choice is None:
            raise Refusal("webmail.unreadable-day")
        return choice.moment
    moment = _at(parse_typed_day(typed), parse_typed_hour(hour) if hour.strip() else _MORNING)
    if moment <= now:
        raise Refusal("webmail.reminder-past")
    if moment > now + _LATEST:
        raise Refusal("webmail.reminder-far")
    return moment


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, PARIS)


def _in_words(moment: datetime) -> str:
    return f"{french.full_day(paris_day(moment))} à {french.hour(moment)}"


def _first_school_day(last: date) -> date:
    """First weekday after the last day of holidays."""
    first = last + timedelta(days=1)
    return first + timedelta(days=7 - first.weekday()) if first.weekday() > 4 else first


def _holiday_name(holiday: Holiday) -> str:
    """`les vacances de Noël`, `le pont de l’Ascension`"""
    article = "le" if holiday.name.startswith("Pont") else "les"
    return f"{article} {holiday.name[:1].lower()}{holiday.name[1:]}"


def is_automatic(reply: OpenedMessage) -> bool:
    """Whether a program wrote it: an absence, a delivery report, a receipt (RFC 3834 §5, RFC 6522)."""
    auto_submitted = reply.field("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    return (
        auto_submitted not in ("", "no")
        or reply.root.kind == "multipart/report"
        or any(sender.address.lower().startswith(_DAEMONS) for sender in reply.sender)
    )
