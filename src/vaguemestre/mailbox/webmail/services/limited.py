"""What is read of somebody's bytes: at once when there is little of it, else in a process with a budget."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from vaguemestre.mailbox.webmail.ports import RunLimited, TooComplex
from vaguemestre.mailbox.webmail.rules.cards.archives import Contents, Entry
from vaguemestre.mailbox.webmail.rules.cards.invitations import Invitation, Invited
from vaguemestre.mailbox.webmail.rules.cards.vcard import Visiting
from vaguemestre.mailbox.webmail.rules.rendering import complexity
from vaguemestre.mailbox.webmail.rules.rendering.complexity import Effort
from vaguemestre.mailbox.webmail.rules.rendering.sanitize import LONGEST, Pictures, Readable, readable
from vaguemestre.mailbox.webmail.rules.rendering.styles import Remote
from vaguemestre.mailbox.webmail.rules.tasks import archive, calendar, signature, vcards
from vaguemestre.mailbox.webmail.rules.trust.signatures import Signature
from vaguemestre.mailbox.webmail.values import Task

_LITTLE = 30_000  # octets read in the process that asks


def clean_html(
    run: RunLimited,
    html: str,
    pictures: Pictures,
    held: Collection[str],
    proxied: Remote | None = None,
    words: Sequence[str] = (),
) -> Readable:
    """As `rendering.sanitize`. `held`: the Content-IDs that `pictures` knows, without brackets, lower case.

    Raises TooComplex, EngineDown.
    """
    if complexity.effort(html.replace("\x00", "")) is Effort.HERE:
        return readable(html, pictures, proxied, words)

    def answer(kind: str, what: str) -> str | None:
        if kind == "picture":
            return pictures(what)
        return proxied(what) if proxied else None

    content = html[: LONGEST + 1].encode("utf-8", "surrogatepass")
    request = {"pictures": sorted(held), "is_showing": proxied is not None, "words": list(words)}
    made = run(Task.CLEAN, request, [content], answer)
    return Readable(**{**made, "used": frozenset(made["used"])})


def contents_of_archive(run: RunLimited, content: bytes) -> Contents | None:
    """As `rules.cards.archives`. Raises TooComplex, EngineDown."""
    told = _read(run, Task.ARCHIVE, {}, [content])
    if told is None:
        return None
    return Contents(**{**told, "entries": tuple(Entry(**entry) for entry in told["entries"])})


def invitation_of(run: RunLimited, content: bytes) -> Invitation | None:
    """As `rules.cards.invitations`. Raises TooComplex, EngineDown."""
    told = _read(run, Task.CALENDAR, {}, [content])
    if told is None:
        return None
    return Invitation(
        **{
            **told,
            "starts": datetime.fromisoformat(told["starts"]),
            "ends": datetime.fromisoformat(told["ends"]),
            "organiser": Invited(**told["organiser"]),
            "guests": tuple(Invited(**guest) for guest in told["guests"]),
        }
    )


def visiting_cards_of(run: RunLimited, content: bytes, charset: str) -> tuple[Visiting, ...]:
    """As `rules.cards.vcard`. Raises TooComplex, EngineDown."""
    told = _read(run, Task.VCARDS, {"charset": charset}, [content])
    return tuple(
        Visiting(**{**card, "addresses": tuple(card["addresses"]), "phones": tuple(card["phones"])})
        for card in told
    )


def signature_of(
    run: RunLimited,
    content: bytes,
    raw: bytes | None,
    authorities: Sequence[Certificate],
    now: datetime,
) -> Signature | None:
    """As `trust.signatures`; None for what is encrypted. `raw`: the whole message of a detached signature.

    Raises TooComplex, EngineDown.
    """
    known = b"".join(one.public_bytes(Encoding.PEM) for one in authorities)
    blobs = [content, known, *([raw] if raw is not None else [])]
    size = len(content) + len(raw or b"")
    told = _read(run, Task.SIGNATURE, {"now": now.isoformat()}, blobs, size)
    return Signature(**{**told, "addresses": tuple(told["addresses"])}) if told is not None else None


def _read(
    run: RunLimited, task: Task, request: Mapping[str, Any], blobs: Sequence[bytes], size: int | None = None
) -> Any:
    """`size`: octets that somebody sent, where the blobs hold others too."""
    if (len(blobs[0]) if size is None else size) > _LITTLE:
        return run(task, request, blobs)
    try:
        return _WORK[task](request, blobs, lambda _kind, _what: None)
    except RecursionError as error:
        raise TooComplex("webmail.too-complex") from error


_WORK = {
    Task.ARCHIVE: archive.perform,
    Task.CALENDAR: calendar.perform,
    Task.VCARDS: vcards.perform,
    Task.SIGNATURE: signature.perform,
}
