"""Task.CLEAN: the HTML of a message, as `rules.rendering.sanitize`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vaguemestre.mailbox.webmail.rules.rendering import complexity
from vaguemestre.mailbox.webmail.rules.rendering.parts import bare_id
from vaguemestre.mailbox.webmail.rules.rendering.sanitize import LONGEST, readable
from vaguemestre.mailbox.webmail.rules.tasks import Ask, Hopeless


def perform(request: Mapping[str, Any], blobs: Sequence[bytes], ask: Ask) -> Any:
    """`Readable` as JSON. Blob: the HTML in UTF-8. Raises Hopeless."""
    html = blobs[0].decode("utf-8", "surrogatepass")
    if complexity.is_hopeless(html[:LONGEST].replace("\x00", "")):
        raise Hopeless
    held = frozenset(request["pictures"])
    made = readable(
        html,
        lambda name: ask("picture", name) if bare_id(name).lower() in held else None,
        (lambda address: ask("remote", address)) if request["is_showing"] else None,
        request["words"],
    )
    return {**asdict(made), "used": sorted(made.used)}
