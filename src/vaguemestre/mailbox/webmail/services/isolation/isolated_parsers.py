"""Parsing of untrusted bytes: small ones in this process, others in one with a budget of processor time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from vaguemestre.mailbox.calendar.values import Answer
from vaguemestre.mailbox.webmail.ports import RunLimited, TooComplex
from vaguemestre.mailbox.webmail.rules.cards.archives import Contents, Entry
from vaguemestre.mailbox.webmail.rules.cards.invitations import Attendee, Invitation
from vaguemestre.mailbox.webmail.rules.cards.vcard import ContactCard
from vaguemestre.mailbox.webmail.rules.rendering.html import complexity
from vaguemestre.mailbox.webmail.rules.rendering.html.complexity import Effort
from vaguemestre.mailbox.webmail.rules.rendering.html.sanitize import (
    MAX_CHARACTERS,
    CleanHtml,
    Pictures,
    sanitize_html,
)
from vaguemestre.mailbox.webmail.rules.rendering.html.styles import Remote
from vaguemestre.mailbox.webmail.rules.tasks import archive, calendar, signature, vcards
from vaguemestre.mailbox.webmail.rules.trust.signatures import Signature
from vaguemestre.mailbox.webmail.values import Task

MAX_BYTES_HERE = 30_000  # parsed in this process


def clean_html(
    run: RunLimited,
    html: str,
    pictures: Pictures,
    content_ids: Collection[str],
    proxied: Remote | None = None,
    words: Sequence[str] = (),
) -> CleanHtml:
    """As `rendering.sanitize`. `content_ids`: those `pictures` knows, without brackets, lower case.

    Raises TooComplex, EngineDown.
    """
    if complexity.effort(html.replace("\x00", "")) is Effort.HERE:
        return sanitize_html(html, pictures, proxied, words)

    def answer(kind: str, what: str) -> str | None:
        if kind == "picture":
            return pictures(what)
        return proxied(what) if proxied else None

    content = html[: MAX_CHARACTERS + 1].encode("utf-8", "surrogatepass")
    request = {"pictures": sorted(content_ids), "is_showing": proxied is not None, "words": list(words)}
    result = run(Task.CLEAN, request, [content], answer)
    return CleanHtml(**{**result, "used": frozenset(result["used"])})


def archive_contents(run: RunLimited, content: bytes) -> Contents | None:
    """As `rules.cards.archives`. Raises TooComplex, EngineDown."""
    result = _run_task(run, Task.ARCHIVE, {}, [content])
    if result is None:
        return None
    return Contents(**{**result, "entries": tuple(Entry(**entry) for entry in result["entries"])})


def invitation_of(run: RunLimited, content: bytes) -> Invitation | None:
    """As `rules.cards.invitations`. Raises TooComplex, EngineDown."""
    result = _run_task(run, Task.CALENDAR, {}, [content])
    if result is None:
        return None
    return Invitation(
        **{
            **result,
            "starts": datetime.fromisoformat(result["starts"]),
            "ends": datetime.fromisoformat(result["ends"]),
            "organiser": _attendee(result["organiser"]),
            "guests": tuple(_attendee(guest) for guest in result["guests"]),
        }
    )


def _attendee(fields: Mapping[str, Any]) -> Attendee:
    answer = fields["answer"]
    return Attendee(**{**fields, "answer": Answer(answer) if answer else None})


def contact_cards_of(run: RunLimited, content: bytes, charset: str) -> tuple[ContactCard, ...]:
    """As `rules.cards.vcard`. Raises TooComplex, EngineDown."""
    result = _run_task(run, Task.VCARDS, {"charset": charset}, [content])
    return tuple(
        ContactCard(**{**card, "addresses": tuple(card["addresses"]), "phones": tuple(card["phones"])})
        for card in result
    )


def signature_of(
    run: RunLimited,
    content: bytes,
    raw: bytes | None,
    authorities: Sequence[Certificate],
    now: datetime,
) -> Signature | None:
    """As `trust.signatures`; None if encrypted. `raw`: the whole message, for a detached signature.

    Raises TooComplex, EngineDown.
    """
    authorities_pem = b"".join(authority.public_bytes(Encoding.PEM) for authority in authorities)
    blobs = [content, authorities_pem, *([raw] if raw is not None else [])]
    size = len(content) + len(raw or b"")
    result = _run_task(run, Task.SIGNATURE, {"now": now.isoformat()}, blobs, size)
    return Signature(**{**result, "addresses": tuple(result["addresses"])}) if result is not None else None


def _run_task(
    run: RunLimited, task: Task, request: Mapping[str, Any], blobs: Sequence[bytes], size: int | None = None
) -> Any:
    """`size`: number of untrusted octets, if not those of the first blob."""
    if (len(blobs[0]) if size is None else size) > MAX_BYTES_HERE:
        return run(task, request, blobs)
    try:
        return _PERFORM[task](request, blobs, lambda _kind, _what: None)
    except RecursionError as error:
        raise TooComplex("webmail.too-complex") from error


_PERFORM = {
    Task.ARCHIVE: archive.perform,
    Task.CALENDAR: calendar.perform,
    Task.VCARDS: vcards.perform,
    Task.SIGNATURE: signature.perform,
}
