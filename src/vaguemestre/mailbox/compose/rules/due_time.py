"""Sending time: immediate with a delay to cancel, or scheduled."""

import re
from datetime import date, datetime, time, timedelta

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS, day_refusal, paris_day, parse_near_day

GRACE = timedelta(seconds=2)  # for a click on « Annuler l'envoi » just as it disappears
MORNING = time(8, 0)
MAX_DELAY = timedelta(days=366)


def due_moment(choice: str, *, undo_seconds: int, now: datetime) -> datetime:
    """Sending time of a choice: empty (now), `today`, `tomorrow`, `monday`, or `JJ/MM/AAAA HH:MM` in Paris.

    Raises Refusal `compose.later-malformed`, `compose.later-is-past` or `compose.later-too-far`.
    """
    if not choice:
        return now + timedelta(seconds=undo_seconds) + GRACE if undo_seconds else now
    moment = _scheduled(choice, paris_day(now))
    if moment <= now:
        raise Refusal("compose.later-is-past", field="later")
    if moment > now + MAX_DELAY:
        raise Refusal("compose.later-too-far", field="later")
    return moment


def _scheduled(choice: str, today: date) -> datetime:
    if choice == "today":
        return datetime.combine(today, MORNING, PARIS)
    if choice == "tomorrow":
        return datetime.combine(today + timedelta(days=1), MORNING, PARIS)
    if choice == "monday":
        return datetime.combine(today + timedelta(days=7 - today.weekday()), MORNING, PARIS)
    match = re.fullmatch(r"\s*(\S{1,40})[ T]+(\d{1,2})\s*+(?:[:hH]\s*+(\d{2})?\s*)?", choice)
    if not match:
        raise Refusal("compose.later-malformed", field="later")
    day = match[1]
    try:
        return datetime.combine(parse_near_day(day), time(int(match[2]), int(match[3] or 0)), PARIS)
    except ValueError as error:
        raise Refusal(day_refusal(day, "compose.later-malformed"), field="later") from error
