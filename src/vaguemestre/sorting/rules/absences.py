"""Absences: which are possible, and from when to when they answer."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta

from vaguemestre.kernel.errors import Refusal
from vaguemestre.kernel.times import PARIS
from vaguemestre.sorting.rules.texts import is_clean
from vaguemestre.sorting.values import Absence, Owner, Preview

LONGEST = timedelta(days=3 * 366)  # long leaves are granted by the year, three at most
LONGEST_TEXT = 4000  # characters
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
    if not (absence.internal_text.strip() or absence.external_text.strip()):
        raise Refusal("sorting.absence-silent")


def _check_texts(absence: Absence) -> None:
    if len(absence.subject) > LONGEST_SUBJECT or not is_clean(absence.subject):
        raise Refusal("sorting.absence-subject", most=LONGEST_SUBJECT)
    for text in (absence.internal_text, absence.external_text):
        if len(text) > LONGEST_TEXT:
            raise Refusal("sorting.absence-text-too-long", most=LONGEST_TEXT)
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


def holds(absence: Absence, now: datetime) -> bool:
    """Whether replies leave at that instant."""
    begin, end = bounds(absence)
    return absence.is_on and begin <= now < end


def is_over(absence: Absence, now: datetime) -> bool:
    """It was on, and ended by itself."""
    return absence.is_on and bounds(absence)[1] <= now


def handle(kind: str, absence: Absence, text: str) -> str:
    """Under which name Dovecot remembers who was answered: a changed text may be sent to them again."""
    said = "\0".join((kind, absence.subject, text))
    return f"absence-{kind}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def previews(absence: Absence, owner: Owner) -> tuple[Preview | None, Preview | None]:
    """The internal reply and the external one, to a message whose subject is « Réunion »; None = no reply."""
    sender = f"{owner.name} <{owner.address}>"
    subject = absence.subject or "Absence : Réunion"
    internal, external = (
        Preview(sender, subject, text) if text.strip() else None
        for text in (absence.internal_text, absence.external_text)
    )
    return internal, external
