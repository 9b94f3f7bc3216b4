"""Task.VCARDS: the cards of a vCard file, as `rules.cards.vcard`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.mailbox.webmail.rules.cards.vcard import parse_vcards
from vaguemestre.mailbox.webmail.rules.tasks import AskCaller


def perform(request: Mapping[str, Any], blobs: Sequence[bytes], ask: AskCaller) -> Any:
    """A list of `Visiting` as JSON. Blob: the file, in `charset`."""
    return [asdict(card) for card in parse_vcards(charsets.text(blobs[0], request["charset"]))]
