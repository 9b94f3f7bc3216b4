"""Task.CALENDAR: the first event of a calendar, as `rules.cards.invitations`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vaguemestre.mailbox.webmail.rules.cards.invitations import invitation
from vaguemestre.mailbox.webmail.rules.tasks import Ask


def perform(request: Mapping[str, Any], blobs: Sequence[bytes], ask: Ask) -> Any:
    """`Invitation` as JSON, or None. Blob: the calendar."""
    made = invitation(blobs[0])
    if made is None:
        return None
    return {**asdict(made), "starts": made.starts.isoformat(), "ends": made.ends.isoformat()}
