"""Task.ARCHIVE: the table of a zip or tar, as `rules.cards.archives`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vaguemestre.mailbox.webmail.rules.cards.archives import contents
from vaguemestre.mailbox.webmail.rules.tasks import Ask


def perform(request: Mapping[str, Any], blobs: Sequence[bytes], ask: Ask) -> Any:
    """`Contents` as JSON, or None. Blob: the archive."""
    made = contents(blobs[0])
    return asdict(made) if made is not None else None
