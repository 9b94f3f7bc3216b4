"""Rules of absences: validity, period, texts of the replies."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.mailbox.sorting.rules import rich
from vaguemestre.mailbox.sorting.rules.reply_templates import NAMED_BELOW
from vaguemestre.mailbox.sorting.rules.texts import is_clean
from vaguemestre.mailbox.sorting.values import Absence, AbsencePhase, Owner, Place, Replacement, ReplyPreview

MAX_DURATION = timedelta(days=3 * 366)  # long leaves are granted by the year, three at most
MAX_TEXT_CHARACTERS = 4000  # characters
MAX_HTML_CHARACTERS = 12000
MAX_SUBJECT_CHARACTERS = 150
FEWEST_DAYS, MAX_DAYS = 1, 60


def check_absence(absence: Absence, *, now: datetime) -> None:
    """Raise Refusal `sorting.absence-…` for an invalid absence. One that is off may be incomplete."""
    _check_texts(absence)
    if not FEWEST_DAYS <= absence.days <= MAX_DAYS:
        raise Refusal("sorting.absence-days", fewest=FEWEST_DAYS, most=MAX_DAYS)
    if not absence.is_on:
        return
    begin, end = bounds(absence)
    if end <= begin:
        raise Refusal("sorting.absence-backwards")
    if end <= now:
        raise Refusal("sorting.absence-over")
    if end - begin > MAX_DURATION:
        raise Refusal("sorting.absence-too-long")
    if absence.place is Place.WEEKLY and not absence.weekdays:
        raise Refusal("sorting.absence-weekdays")
    _check_said(absence)


def _check_said(absence: Absence) -> None:
    """An absence that is on says something, and names whom it sends its readers to."""
    if not any(has_text(absence, text) for text in (absence.internal_text, absence.external_text)):
        raise Refusal("sorting.absence-silent")
    if absence.replacement_id is None and NAMED_BELOW in rich.plain_of(absence.internal_text):
        raise Refusal("sorting.absence-nobody-named")


def has_text(absence: Absence, text: str) -> bool:
    """Whether a text of the absence holds words; an empty one sends no reply."""
    return not rich.is_blank(text) if absence.is_rich else bool(text.strip())


def _check_texts(absence: Absence) -> None:
    if len(absence.subject) > MAX_SUBJECT_CHARACTERS or not is_clean(absence.subject):
        raise Refusal("sorting.absence-subject", most=MAX_SUBJECT_CHARACTERS)
    for text in (absence.internal_text, absence.external_text):
        longest = MAX_HTML_CHARACTERS if absence.is_rich else MAX_TEXT_CHARACTERS
        if len(text) > longest:
            raise Refusal("sorting.absence-text-too-long", most=longest)
        if not is_clean(text, besides="\n\t"):
            raise Refusal("sorting.absence-text-unprintable")


def bounds(absence: Absence) -> tuple[datetime, datetime]:
    """Begin and end of the absence in UTC, end excluded.

    Sieve knows offsets and no time zone (RFC 5260 §4), so the change of hour is resolved here. An hour that
    occurs twice begins with the first and ends with the second; one that is skipped is read an hour later.
    """
    begin = _instant(absence.starts_on, absence.starts_at or time(), fold=0)
    if absence.ends_at is None:
        return begin, _instant(absence.ends_on + timedelta(days=1), time(), fold=0)
    return begin, _instant(absence.ends_on, absence.ends_at, fold=1)


def _instant(day: date, hour: time, *, fold: int) -> datetime:
    return datetime.combine(day, hour.replace(fold=fold), tzinfo=PARIS).astimezone(UTC)


class Period(NamedTuple):
    """Part of an absence with one offset of Paris from UTC; begin and end in UTC."""

    begin: datetime
    end: datetime
    offset: timedelta


def periods(absence: Absence) -> Iterator[Period]:
    """Periods of the absence, cut where Paris changes its hour."""
    begin, end = bounds(absence)
    while begin < end:
        offset = _offset(begin)
        day = min(begin + timedelta(days=1), end)
        while day < end and _offset(day) == offset:
            day = min(day + timedelta(days=1), end)
        last = day
        if _offset(day) != offset:  # the offset changed within the last day, on the hour
            last = (day - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
            while _offset(last) == offset:
                last += timedelta(hours=1)
        yield Period(begin, min(last, end), offset)
        begin = min(last, end)


def _offset(moment: datetime) -> timedelta:
    return moment.astimezone(PARIS).utcoffset() or timedelta()


def is_answering(absence: Absence, now: datetime) -> bool:
    """Whether the absence sends replies at that instant."""
    begin, end = bounds(absence)
    is_its_day = not absence.weekdays or now.astimezone(PARIS).isoweekday() in absence.weekdays
    return absence.is_on and begin <= now < end and is_its_day


def answering_absence(absences: Iterable[Absence], now: datetime) -> Absence | None:
    """The absence that sends replies at that instant, or None."""
    return next((absence for absence in absences if is_answering(absence, now)), None)


def next_absence(absences: Iterable[Absence], today: date) -> Absence | None:
    """The first absence that is on and not over, or None."""
    ahead = (absence for absence in absences if absence.is_on and absence.ends_on >= today)
    return min(ahead, key=lambda absence: absence.starts_on, default=None)


def last_day(absence: Absence, now: datetime) -> date:
    """Last day of the absence, seen from that instant; of a weekly one, the last consecutive day off."""
    if not absence.weekdays or len(absence.weekdays) == 7:
        return absence.ends_on
    day = now.astimezone(PARIS).date()
    while day < absence.ends_on and (day + timedelta(days=1)).isoweekday() in absence.weekdays:
        day += timedelta(days=1)
    return day


def is_over(absence: Absence, now: datetime) -> bool:
    """Whether an absence that is on has ended."""
    return absence.is_on and bounds(absence)[1] <= now


def absence_phase(absence: Absence | None, now: datetime) -> AbsencePhase:
    """Phase of the absence at that instant; OFF without one."""
    if absence is None or not absence.is_on:
        return AbsencePhase.OFF
    if is_over(absence, now):
        return AbsencePhase.OVER
    if is_answering(absence, now):
        return AbsencePhase.CURRENT
    return AbsencePhase.RESTING if absence.weekdays else AbsencePhase.COMING


def vacation_handle(kind: str, absence: Absence, text: str) -> str:
    """Value of `vacation :handle` (RFC 5230 §4.7): a changed text may be sent to the same people again."""
    content = "\0".join((kind, absence.subject, text))
    return f"absence-{kind}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def reply_texts(absence: Absence, replacements: Mapping[int, Replacement]) -> tuple[str, str]:
    """Internal text, ending with the replacement's details, and external text; "" sends no reply."""
    internal, external = (
        text if has_text(absence, text) else "" for text in (absence.internal_text, absence.external_text)
    )
    replacement = replacements.get(absence.replacement_id or 0)
    if internal and replacement:
        internal += (
            rich.replacement_html(replacement)
            if absence.is_rich
            else f"\n\n{rich.replacement_text(replacement)}"
        )
    return internal, external


def reply_previews(
    absence: Absence, owner: Owner, replacements: Mapping[int, Replacement]
) -> tuple[ReplyPreview | None, ReplyPreview | None]:
    """Internal and external reply to a message whose subject is « Réunion »; None for no reply."""
    sender = f"{owner.name} <{owner.address}>"
    subject = absence.subject or "Absence : Réunion"
    internal, external = (
        ReplyPreview(sender, subject, "", rich.clean_html(text))
        if text and absence.is_rich
        else ReplyPreview(sender, subject, text)
        if text
        else None
        for text in reply_texts(absence, replacements)
    )
    return internal, external
