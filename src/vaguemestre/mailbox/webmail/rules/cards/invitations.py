"""Calendar invitations (RFC 5545, RFC 5546) and the replies to them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import Any

from icalendar import Calendar, vCalAddress
from icalendar import Event as CalendarEvent
from icalendar.timezone import tzp

from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.mailbox.calendar.values import Answer, Event, GivenAnswer, Revision
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.cards.zones import PlainZones
from vaguemestre.mailbox.webmail.rules.listing.rows import one_line

_MAX_BYTES = 1_000_000
_MAX_SEQUENCE = 2**31 - 1  # RFC 5545 §3.3.8
_LONG_BYTES = 100_000  # more is read up to the end of the first event
_one_calendar = Lock()  # at a time: threads have their time zones in common
_FREQUENCIES = {
    "DAILY": "tous les {}jours",
    "WEEKLY": "toutes les {}semaines",
    "MONTHLY": "tous les {}mois",
    "YEARLY": "tous les {}ans",
}


@dataclass(frozen=True)
class Attendee:
    name: str
    address: str
    answer: Answer | None = None  # PARTSTAT; None: not answered, or a state we do not offer


@dataclass(frozen=True)
class Invitation:
    """An event as proposed. `method`: REQUEST, CANCEL, REPLY, PUBLISH…; `starts` < `ends`, both aware."""

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
    organiser: Attendee
    guests: tuple[Attendee, ...]
    is_cancelled: bool = False
    recurrence: str = ""  # RECURRENCE-ID, unparsed

    @property
    def needs_answer(self) -> bool:
        """Whether the organiser awaits an answer."""
        return self.method == "REQUEST" and not self.is_cancelled and bool(self.organiser.address)

    @property
    def cancels_event(self) -> bool:
        """Whether the event is cancelled as a whole, not only one of its occurrences."""
        return self.is_cancelled and bool(self.uid) and not self.recurrence

    @property
    def event(self) -> Event:
        return Event(self.uid, self.organiser.address)

    @property
    def revision(self) -> Revision:
        return Revision(self.sequence, self.starts, self.ends)

    @property
    def when(self) -> str:
        """Date and time in French: `lundi 7 décembre 2026, de 14 h à 15 h 30`."""
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


@dataclass(frozen=True)
class Standing:
    """What the reader's last answer to the event, and later revisions, say of one invitation to it.

    `answer`: for exactly these times, or none; `former`: the times that were answered, if others; `changed`:
    they came before this invitation; `replaced`: after it; `moved_to`: the times of a later invitation, not
    answered yet; `cancelled`: the event was, since.
    """

    answer: Answer | None = None
    former: str = ""
    former_answer: Answer | None = None
    changed: bool = False
    replaced: bool = False
    moved_to: str = ""
    cancelled: bool = False

    @property
    def is_outdated(self) -> bool:
        """Whether a later letter replaces this one: it takes no answer."""
        return self.replaced or self.cancelled


def standing_of(invitation: Invitation, given: GivenAnswer | None) -> Standing:
    """Standing of an invitation; an occurrence that is moved alone says nothing of its series."""
    if given is None:
        return Standing()
    is_older = invitation.sequence < given.sequence
    if given.is_cancelled:
        return Standing(cancelled=invitation.sequence <= given.sequence)
    if (moved_to := _moved_to(invitation, given)) and not invitation.is_cancelled:
        return Standing(replaced=True, moved_to=moved_to)
    if given.answer is None:
        return Standing()
    if (given.starts, given.ends) == (invitation.starts, invitation.ends) or invitation.is_cancelled:
        return Standing(answer=given.answer)
    if invitation.recurrence:
        return Standing()
    former = _when(invitation, given)
    return Standing(former=former, former_answer=given.answer, changed=not is_older, replaced=is_older)


def _moved_to(invitation: Invitation, given: GivenAnswer) -> str:
    """The times of a later revision that is not answered yet; empty without one, or at the same times."""
    latest = given if given.answer is None else given.moved
    if latest is None or invitation.recurrence or invitation.sequence >= latest.sequence:
        return ""
    is_same = (latest.starts, latest.ends) == (invitation.starts, invitation.ends)
    return "" if is_same else _when(invitation, latest)


def _when(invitation: Invitation, times: GivenAnswer | Revision) -> str:
    return replace(invitation, starts=times.starts, ends=times.ends).when


def parse_invitation(content: bytes) -> Invitation | None:
    """Parse the first event of a calendar part; None when none is readable.

    icalendar keeps the time zones that calendars define, by their names, for all it reads afterwards: each
    calendar here has its own, or a stranger's « Romance Standard Time » would change everybody's hours.
    """
    with _one_calendar:
        tzp.use(PlainZones())
        return _parse_invitation(content)


def _parse_invitation(content: bytes) -> Invitation | None:
    try:
        calendar = Calendar.from_ical(_first_event(content))
        event = next((part for part in calendar.walk("VEVENT") if part.get("DTSTART") is not None), None)
        invitation = None if event is None else _invitation(calendar, event)
        return (
            invitation if invitation is not None and invitation.when else None
        )  # `when` raises for years out of range
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError, OSError):
        return None


def _first_event(content: bytes) -> bytes:
    """A long calendar up to the end of its first event, the only one displayed."""
    if len(content) <= _LONG_BYTES:
        return content
    start = content.find(b"BEGIN:VEVENT")
    end = content.find(b"END:VEVENT", start)
    if start < 0 or end < 0 or end > _MAX_BYTES:
        return content[:_MAX_BYTES]
    return content[:end] + b"END:VEVENT\r\nEND:VCALENDAR\r\n"


def reply_calendar(invitation: Invitation, address: str, name: str, answer: Answer, now: datetime) -> bytes:
    """Calendar part of a reply (METHOD:REPLY). `now` is aware."""
    calendar, event = Calendar(), CalendarEvent()
    calendar.add("prodid", "-//Vaguemestre//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "REPLY")
    event.add("uid", invitation.uid)
    event.add("dtstamp", now)
    event.add("sequence", invitation.sequence)
    event.add("summary", invitation.title)
    if invitation.is_all_day:
        event.add("dtstart", paris_day(invitation.starts))
    else:
        event.add("dtstart", invitation.starts.astimezone(PARIS))
    organiser = vCalAddress(f"mailto:{invitation.organiser.address}")
    event.add("organizer", organiser)
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["PARTSTAT"] = answer.value
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
    rule = rule[0] if isinstance(rule, list) else rule
    recurrence = event.get("RECURRENCE-ID")
    return Invitation(
        method=one_line(str(calendar.get("METHOD", "PUBLISH"))).upper()[:20],
        uid=one_line(str(event.get("UID", "")))[:255],
        sequence=min(max(int(event.get("SEQUENCE", 0) or 0), 0), _MAX_SEQUENCE),
        title=one_line(str(event.get("SUMMARY", "")))[:300] or "(sans titre)",
        place=one_line(str(event.get("LOCATION", "")))[:300],
        description=str(event.get("DESCRIPTION", "")).strip()[:3000],
        starts=starts,
        ends=ends,
        is_all_day=is_all_day,
        repeats=_repeats(rule),
        organiser=_attendee(event.get("ORGANIZER")),
        guests=tuple(_attendee(guest) for guest in (guests if isinstance(guests, list) else [guests])[:200]),
        is_cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(calendar.get("METHOD", "")).upper() == "CANCEL",
        recurrence=recurrence.to_ical().decode() if recurrence is not None else "",
    )


def _repeats(rule: Any) -> str:
    """« toutes les 2 semaines, jusqu’au mardi 9 février 2027 »; "" for what does not repeat."""
    frequency = next((_FREQUENCIES.get(str(word).upper(), "") for word in rule.get("FREQ", [])), "")
    if not frequency:
        return ""
    step = int(next(iter(rule.get("INTERVAL", [])), 1))
    text = frequency.format(f"{step} " if step > 1 else "")
    for count in rule.get("COUNT", []):
        return f"{text}, {int(count)} fois"
    for until in rule.get("UNTIL", []):
        return f"{text}, jusqu’au {french.full_day(paris_day(_moment(until)))}"
    return text


def _end(event: Any, starts: datetime, *, is_all_day: bool) -> datetime:
    if event.get("DTEND") is not None:
        ends = _moment(event.decoded("DTEND"))
    elif event.get("DURATION") is not None:
        ends = starts + event.decoded("DURATION")
    else:
        ends = starts + (timedelta(days=1) if is_all_day else timedelta(hours=1))
    return ends if ends > starts else starts + timedelta(minutes=1)


def _moment(value: Any) -> datetime:
    """An aware datetime: floating times (RFC 5545 §3.3.5) and days are in Paris time."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=PARIS)
    if isinstance(value, date):
        return datetime.combine(value, time(), PARIS)
    raise ValueError(value)


def _attendee(value: Any) -> Attendee:
    if value is None or isinstance(value, list):  # two organisers are none (RFC 5545 §3.8.4.3)
        return Attendee("", "")
    params = getattr(value, "params", {})
    address = str(value).strip()
    bare = address[7:] if address.lower().startswith("mailto:") else address
    return Attendee(
        one_line(str(params.get("CN", "")))[:200],
        one_line(bare)[:254].lower() if "@" in bare else "",
        _answer(str(params.get("PARTSTAT", "")).upper()),
    )


def _answer(partstat: str) -> Answer | None:
    return Answer(partstat) if partstat in set(Answer) else None
