"""Working on the same message without treading on each other's toes."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from vaguemestre.schools.sharing.values import Place

READING_FOR = timedelta(minutes=3)  # a page says every minute that it is still there, and when it is not
ANSWERING_FOR = timedelta(minutes=5)  # a composer says it when it opens and whenever its text is kept
_LONGEST = 255


def place_in(box_id: int, message_id: str, references: Iterable[str], in_reply_to: str = "") -> Place | None:
    """Where that message is; None for one without Message-ID."""
    own = message_id.strip()[:_LONGEST]
    if not own:
        return None
    first = next((one.strip() for one in references if one.strip()), "") or in_reply_to.strip()
    return Place(box_id, own, (first or own)[:_LONGEST])


def hand_of(entrances: Iterable[int]) -> int | None:
    """Whose letter it is: whoever signed in on that connection; nobody's when several might have."""
    found = set(entrances)
    return found.pop() if len(found) == 1 else None


def is_there(doing: str, seen_at: datetime, now: datetime) -> bool:
    """Whether somebody seen then is still at it."""
    return now - seen_at <= (ANSWERING_FOR if doing == "answers" else READING_FOR)
