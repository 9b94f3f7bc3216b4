"""Calendar invitations (RFC 5545, RFC 5546): what is proposed, and the answer that goes back."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Event, vCalAddress

from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing.rows import one_line

_LONGEST = 1_000_000
_LONG = 100_000
_FREQUENCIES = {
    "DAILY": "tous les jours",
    "WEEKLY": "toutes les semaines",
    "MONTHLY": "tous les mois",
    "YEARLY": "tous les ans",
}


@dataclass(frozen=True)
class Invited:
    name: str
    address: str
    answer: str = ""  # PARTSTAT


@dataclass(frozen=True)
class Invitation:
    """`method`: REQUEST, CANCEL, REPLY, PUBLISH… `ends` is after `starts`; both aware. Texts are one line."""

    method: str
    uid: str
    sequence: int
    title: str
    place: str
    description: str
    starts: datetime
    ends: datetime
    is_all_day: bool
    repeats: str
    organiser: Invited
    guests: tuple[Invited, ...]
    is_cancelled: bool = False
    recurrence: str = ""  # RECURRENCE-ID, as written

    @property
    def asks(self) -> bool:
        """Whether an answer is awaited."""
        return self.method == "REQUEST" and not self.is_cancelled and bool(self.organiser.address)

    @property
    def when(self) -> str:
        """`lundi 7 décembre 2026, de 14:00 à 15:30`"""
        first = paris_day(self.starts)
        if self.is_all_day:
            last = paris_day(self.ends - timedelta(seconds=1))
            if first == last:
                return f"{french.full_day(first)}, toute la journée"
            return f"du {french.full_day(first)} au {french.full_day(last)}"
        if paris_day(self.ends) == first:
            return f"{french.full_day(first)}, de {french.hour(self.starts)} à {french.hour(self.ends)}"
        return (
            f"du {french.full_day(first)} à {french.hour(self.starts)} "
            f"au {french.full_day(paris_day(self.ends))} à {french.hour(self.ends)}"
        )


def invitation(content: bytes) -> Invitation | None:
    """The first event of a calendar part; None when there is none that can be read."""
    try:
        calendar = Calendar.from_ical(_first_event(content))
        event = next((part for part in calendar.walk("VEVENT") if part.get("DTSTART") is not None), None)
        found = None if event is None else _invitation(calendar, event)
        return found if found is not None and found.when else None  # a year that no clock shows is no date
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError):
        return None


def _first_event(content: bytes) -> bytes:
    """A long calendar up to the end of its first event: what stands after it is not told."""
    if len(content) <= _LONG:
        return content
    start = content.find(b"BEGIN:VEVENT")
    end = content.find(b"END:VEVENT", start)
    if start < 0 or end < 0 or end > _LONGEST:
        return content[:_LONGEST]
    return content[:end] + b"END:VEVENT\r\nEND:VCALENDAR\r\n"


def answer(given: Invitation, address: str, name: str, part: str, now: datetime) -> bytes:
    """The calendar part of an answer (METHOD:REPLY). `part`: PARTSTAT; `now` is aware."""
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Vaguemestre//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "REPLY")
    event.add("uid", given.uid)
    event.add("dtstamp", now)
    event.add("sequence", given.sequence)
    event.add("summary", given.title)
    if given.is_all_day:
        event.add("dtstart", paris_day(given.starts))
    else:
        event.add("dtstart", given.starts.astimezone(PARIS))
    organiser = vCalAddress(f"mailto:{given.organiser.address}")
    event.add("organizer", organiser)
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["PARTSTAT"] = part
    attendee.params["CN"] = one_line(name).replace('"', "")
    event.add("attendee", attendee)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _invitation(calendar: Any, event: Any) -> Invitation:
    first = event.decoded("DTSTART")
    starts = _moment(first)
    is_all_day = not isinstance(first, datetime)
    ends = _end(event, starts, is_all_day=is_all_day)
    guests = event.get("ATTENDEE", [])
    rule = event.get("RRULE") or {}
    recurrence = event.get("RECURRENCE-ID")
    return Invitation(
        method=one_line(str(calendar.get("METHOD", "PUBLISH"))).upper()[:20],
        uid=one_line(str(event.get("UID", "")))[:255],
        sequence=int(event.get("SEQUENCE", 0) or 0),
        title=one_line(str(event.get("SUMMARY", "")))[:300] or "(sans titre)",
        place=one_line(str(event.get("LOCATION", "")))[:300],
        description=str(event.get("DESCRIPTION", "")).strip()[:3000],
        starts=starts,
        ends=ends,
        is_all_day=is_all_day,
        repeats=next((_FREQUENCIES.get(str(word).upper(), "") for word in rule.get("FREQ", [])), ""),
        organiser=_invited(event.get("ORGANIZER")),
        guests=tuple(_invited(one) for one in (guests if isinstance(guests, list) else [guests])[:200]),
        is_cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(calendar.get("METHOD", "")).upper() == "CANCEL",
        recurrence=recurrence.to_ical().decode() if recurrence is not None else "",
    )


def _end(event: Any, starts: datetime, *, is_all_day: bool) -> datetime:
    if event.get("DTEND") is not None:
        ends = _moment(event.decoded("DTEND"))
    elif event.get("DURATION") is not None:
        ends = starts + event.decoded("DURATION")
    else:
        ends = starts + (timedelta(days=1) if is_all_day else timedelta(hours=1))
    return ends if ends > starts else starts + timedelta(minutes=1)


def _moment(given: Any) -> datetime:
    """A floating time is of Paris (RFC 5545 §3.3.5: the reader's); a day begins at midnight there."""
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=PARIS)
    if isinstance(given, date):
        return datetime.combine(given, time(), PARIS)
    raise ValueError(given)


def _invited(given: Any) -> Invited:
    if given is None:
        return Invited("", "")
    params = getattr(given, "params", {})
    address = str(given).strip()
    bare = address[7:] if address.lower().startswith("mailto:") else address
    return Invited(
        one_line(str(params.get("CN", "")))[:200],
        one_line(bare)[:254].lower() if "@" in bare else "",
        str(params.get("PARTSTAT", "")).upper()[:20],
    )
