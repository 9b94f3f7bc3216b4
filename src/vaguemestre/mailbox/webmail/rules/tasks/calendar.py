"""Task.CALENDAR: the first event of a calendar, as `rules.cards.invitations`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vaguemestre.mailbox.webmail.rules.cards.invitations import parse_invitation
from vaguemestre.mailbox.webmail.rules.tasks import AskCaller


def perform(request: Mapping[str, Any], blobs: Sequence[bytes], ask: AskCaller) -> Any:
    """`Invitation` as JSON, or None. Blob: the calendar."""
    invitation = parse_invitation(blobs[0])
    if invitation is None:
        return None
    return {
        **asdict(invitation),
        "starts": invitation.starts.isoformat(),
        "ends": invitation.ends.isoformat(),
    }
