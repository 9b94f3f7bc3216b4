"""Reading the journal."""

from vaguemestre.journal.models import Entry
from vaguemestre.journal.rules import GENESIS, seal


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
