"""Absences: which are possible, and from when to when they answer."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.mailbox.sorting.rules import rich
from vaguemestre.mailbox.sorting.rules.texts import is_clean
from vaguemestre.mailbox.sorting.values import Absence, Card, Owner, Place, Preview

LONGEST = timedelta(days=3 * 366)  # long leaves are granted by the year, three at most
LONGEST_TEXT = 4000  # characters
LONGEST_HTML = 12000
LONGEST_SUBJECT = 150
FEWEST_DAYS, MOST_DAYS = 1, 60


def check_absence(absence: Absence, *, now: datetime) -> None:
    """Raise Refusal `sorting.…` for what cannot be carried out. An absence switched off may be unfinished."""
    _check_texts(absence)
    if not FEWEST_DAYS <= absence.days <= MOST_DAYS:
        raise Refusal("sorting.absence-days", fewest=FEWEST_DAYS, most=MOST_DAYS)
    if not absence.is_on:
        return
    begin, end = bounds(absence)
    if end <= begin:
        raise Refusal("sorting.absence-backwards")
    if end <= now:
        raise Refusal("sorting.absence-over")
    if end - begin > LONGEST:
        raise Refusal("sorting.absence-too-long")
    if absence.place is Place.WEEKLY and not absence.weekdays:
        raise Refusal("sorting.absence-weekdays")
    if not any(says(absence, text) for text in (absence.internal_text, absence.external_text)):
        raise Refusal("sorting.absence-silent")


def says(absence: Absence, text: str) -> bool:
    """Whether a text of that absence says anything; without a word no reply leaves."""
    return not rich.is_blank(text) if absence.is_rich else bool(text.strip())


def _check_texts(absence: Absence) -> None:
    if len(absence.subject) > LONGEST_SUBJECT or not is_clean(absence.subject):
        raise Refusal("sorting.absence-subject", most=LONGEST_SUBJECT)
    for text in (absence.internal_text, absence.external_text):
        longest = LONGEST_HTML if absence.is_rich else LONGEST_TEXT
        if len(text) > longest:
            raise Refusal("sorting.absence-text-too-long", most=longest)
        if not is_clean(text, besides="\n\t"):
            raise Refusal("sorting.absence-text-unprintable")


def bounds(absence: Absence) -> tuple[datetime, datetime]:
    """First answering instant and first silent one after it, in UTC.

    Sieve knows offsets and no zone (RFC 5260 §4), so the change of hour is settled here. An hour that happens
    twice begins with the first and ends with the second; one that never happens is read an hour later.
    """
    begin = _instant(absence.starts_on, absence.starts_at or time(), fold=0)
    if absence.ends_at is None:
        return begin, _instant(absence.ends_on + timedelta(days=1), time(), fold=0)
    return begin, _instant(absence.ends_on, absence.ends_at, fold=1)


def _instant(day: date, hour: time, *, fold: int) -> datetime:
    return datetime.combine(day, hour.replace(fold=fold), tzinfo=PARIS).astimezone(UTC)


def stretches(absence: Absence) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Its time cut where the hour changes: begin and end in UTC, and the offset of Paris between them."""
    begin, end = bounds(absence)
    while begin < end:
        offset = _offset(begin)
        day = min(begin + timedelta(days=1), end)
        while day < end and _offset(day) == offset:
            day = min(day + timedelta(days=1), end)
        last = day
        if _offset(day) != offset:  # it changed since the day before, on an hour
            last = (day - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
            while _offset(last) == offset:
                last += timedelta(hours=1)
        yield begin, min(last, end), offset
        begin = min(last, end)


def _offset(moment: datetime) -> timedelta:
    return moment.astimezone(PARIS).utcoffset() or timedelta()


def holds(absence: Absence, now: datetime) -> bool:
    """Whether replies leave at that instant."""
    begin, end = bounds(absence)
    is_its_day = not absence.weekdays or now.astimezone(PARIS).isoweekday() in absence.weekdays
    return absence.is_on and begin <= now < end and is_its_day


def current(absences: Iterable[Absence], now: datetime) -> Absence | None:
    """The one that answers at that instant."""
    return next((one for one in absences if holds(one, now)), None)


def last_day(absence: Absence, now: datetime) -> date:
    """The last day of being away, seen from that instant: of a weekly absence, the last day in a row."""
    if not absence.weekdays or len(absence.weekdays) == 7:
        return absence.ends_on
    day = now.astimezone(PARIS).date()
    while day < absence.ends_on and (day + timedelta(days=1)).isoweekday() in absence.weekdays:
        day += timedelta(days=1)
    return day


def is_over(absence: Absence, now: datetime) -> bool:
    """It was on, and ended by itself."""
    return absence.is_on and bounds(absence)[1] <= now


def handle(kind: str, absence: Absence, text: str) -> str:
    """Under which name Dovecot remembers who was answered: a changed text may be sent to them again."""
    said = "\0".join((kind, absence.subject, text))
    return f"absence-{kind}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def texts(absence: Absence, cards: Mapping[int, Card]) -> tuple[str, str]:
    """The internal text, with the card of whoever replaces them, and the external one; "" = no reply."""
    internal, external = (
        text if says(absence, text) else "" for text in (absence.internal_text, absence.external_text)
    )
    card = cards.get(absence.replacement_id or 0)
    if internal and card:
        internal += rich.card_html(card) if absence.is_rich else f"\n\n{rich.card_text(card)}"
    return internal, external


def previews(
    absence: Absence, owner: Owner, cards: Mapping[int, Card]
) -> tuple[Preview | None, Preview | None]:
    """The internal reply and the external one, to a message whose subject is « Réunion »; None = no reply."""
    sender = f"{owner.name} <{owner.address}>"
    subject = absence.subject or "Absence : Réunion"
    internal, external = (
        Preview(sender, subject, "", rich.clean_html(text))
        if text and absence.is_rich
        else Preview(sender, subject, text)
        if text
        else None
        for text in texts(absence, cards)
    )
    return internal, external
