"""Task.CLEAN: the HTML of a message, as `rules.rendering.html.sanitize`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vaguemestre.mailbox.webmail.rules.rendering.html import complexity
from vaguemestre.mailbox.webmail.rules.rendering.html.sanitize import MAX_CHARACTERS, sanitize_html
from vaguemestre.mailbox.webmail.rules.rendering.parts import bare_id
from vaguemestre.mailbox.webmail.rules.tasks import AskCaller, Hopeless


def perform(request: Mapping[str, Any], blobs: Sequence[bytes], ask: AskCaller) -> Any:
    """`Readable` as JSON. Blob: the HTML in UTF-8. Raises Hopeless."""
    html = blobs[0].decode("utf-8", "surrogatepass")
    if complexity.is_hopeless(html[:MAX_CHARACTERS].replace("\x00", "")):
        raise Hopeless
    content_ids = frozenset(request["pictures"])
    result = sanitize_html(
        html,
        lambda name: ask("picture", name) if bare_id(name).lower() in content_ids else None,
        (lambda address: ask("remote", address)) if request["is_showing"] else None,
        request["words"],
    )
    return {**asdict(result), "used": sorted(result.used)}
