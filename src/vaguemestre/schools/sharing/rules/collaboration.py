"""Rules of working together on the same message."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from vaguemestre.schools.sharing.values import MessageRef, PresenceKind

READING_FOR = timedelta(minutes=3)  # an open page reports every minute, and when it closes
ANSWERING_FOR = timedelta(minutes=5)  # a composer reports when it opens and at each autosave
_MAX_MESSAGE_ID = 255


def message_ref(
    box_id: int, message_id: str, references: Iterable[str], in_reply_to: str = ""
) -> MessageRef | None:
    """The message and the root of its conversation, or None if it has no Message-ID."""
    own = message_id.strip()[:_MAX_MESSAGE_ID]
    if not own:
        return None
    first = next((ref.strip() for ref in references if ref.strip()), "") or in_reply_to.strip()
    return MessageRef(box_id, own, (first or own)[:_MAX_MESSAGE_ID])


def sole_candidate(account_ids: Iterable[int]) -> int | None:
    """The only account that signed in on that connection, or None if there are several or none."""
    candidates = set(account_ids)
    return candidates.pop() if len(candidates) == 1 else None


def is_present(kind: PresenceKind, seen_at: datetime, now: datetime) -> bool:
    """Whether a member seen at `seen_at` still counts as present."""
    return now - seen_at <= (ANSWERING_FOR if kind == PresenceKind.ANSWERS else READING_FOR)
