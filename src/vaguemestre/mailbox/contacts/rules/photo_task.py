"""Reading of a photo in the sandbox (`ports.DrawPhoto`): its thumbnail, as JSON."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules.photos import thumbnail


def perform(
    _request: Mapping[str, Any], blobs: Sequence[bytes], _ask: Callable[[str, str], str | None]
) -> str:
    """The thumbnail in base64; "" for a photo that is none."""
    try:
        return b64encode(thumbnail(blobs[0])).decode("ascii")
    except Refusal:
        return ""


def thumbnail_in(answer: str) -> bytes:
    """The thumbnail that `perform` made. Raises Refusal `contacts.photo-unreadable`."""
    if not answer:
        raise Refusal("contacts.photo-unreadable")
    return b64decode(answer)
