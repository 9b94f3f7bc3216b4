"""Letters for tests."""

from datetime import UTC, datetime
from typing import Any

from vaguemestre.post.outbox.values import Letter, Recipient

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ME = Recipient("Nicolas Morel", "nicolas.morel@ac-amiens.test")
BOUNDARY = "0123456789abcdef"


def letter(**changed: Any) -> Letter:
    given = {
        "sender": ME,
        "to": (Recipient("", "parent@dehors.example"),),
        "cc": (),
        "bcc": (),
        "subject": "Sortie scolaire",
        "html": "",
        "text": "Bonjour\n",
        "message_id": "<abc.1@ac-amiens.test>",
        "date": NOON,
    }
    return Letter(**{**given, **changed})
