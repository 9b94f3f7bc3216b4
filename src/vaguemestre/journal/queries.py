"""Reading the journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.journal.models import Entry
from vaguemestre.journal.rules import GENESIS, seal


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of the journal, as it is read back."""

    action: str
    by: str
    at: datetime
    details: Mapping[str, object]


def lines_about(to: str, *, limit: int) -> list[Kept]:
    """The newest lines about somebody or something, newest first."""
    rows = Entry.objects.filter(to=to).order_by("-id")[:limit]
    return [Kept(row.action, row.by, row.at, row.details) for row in rows]


def last_about(to: str, action: str) -> datetime | None:
    """When that was last done to somebody or something."""
    return Entry.objects.filter(to=to, action=action).order_by("-id").values_list("at", flat=True).first()


def count_done(action: str, *, by: str, since: datetime) -> int:
    """How many times an actor did that since a moment."""
    return Entry.objects.filter(action=action, by=by, at__gte=since).count()


def first_broken_entry() -> int | None:
    """The id of the first row whose seal does not hold, or None when the whole chain does."""
    previous = GENESIS
    for entry in Entry.objects.order_by("id").iterator(chunk_size=2000):
        right = seal(
            previous, at=entry.at, action=entry.action, by=entry.by, to=entry.to, details=entry.details
        )
        if entry.previous != previous or entry.seal != right:
            return entry.pk
        previous = entry.seal
    return None
