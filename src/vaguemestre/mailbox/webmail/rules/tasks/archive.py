"""Task.ARCHIVE: the table of a zip or tar, as `rules.cards.archives`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vaguemestre.mailbox.webmail.rules.cards.archives import list_contents
from vaguemestre.mailbox.webmail.rules.tasks import AskCaller


def perform(request: Mapping[str, Any], blobs: Sequence[bytes], ask: AskCaller) -> Any:
    """`Contents` as JSON, or None. Blob: the archive."""
    contents = list_contents(blobs[0])
    return asdict(contents) if contents is not None else None
