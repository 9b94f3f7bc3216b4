"""What is read of somebody's bytes within a budget: the work of each `Task`, and its answer as JSON.

The same functions run in the process that asks, when there is little to read, and in one with a limit of
processor time (`webmail.ports.RunLimited`); what crosses the border is JSON and octets.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

from vaguemestre.kernel import charsets
from vaguemestre.webmail.values import Task

# Asked of the process that wants the answer: ("picture", Content-ID) or ("remote", address) → an address.
type Ask = Callable[[str, str], str | None]


class Hopeless(Exception):
    """The work could not end within any budget."""


def perform(task: Task, request: Mapping[str, Any], blobs: Sequence[bytes], ask: Ask) -> Any:
    """The answer to a request, as JSON holds it. Raises Hopeless, RecursionError."""
    return _WORK[task](request, blobs, ask)


def _clean(request: Mapping[str, Any], blobs: Sequence[bytes], ask: Ask) -> Any:
    from vaguemestre.webmail.rules import complexity, parts, readable  # noqa: PLC0415 - a process loads what it needs

    html = blobs[0].decode("utf-8", "surrogatepass")
    if complexity.is_hopeless(html[: readable.LONGEST].replace("\x00", "")):
        raise Hopeless
    held = frozenset(request["pictures"])
    made = readable.readable(
        html,
        lambda name: ask("picture", name) if parts.bare_id(name).lower() in held else None,
        (lambda address: ask("remote", address)) if request["is_showing"] else None,
        request["words"],
    )
    return {**asdict(made), "used": sorted(made.used)}


def _archive(request: Mapping[str, Any], blobs: Sequence[bytes], ask: Ask) -> Any:
    from vaguemestre.webmail.rules import archives  # noqa: PLC0415

    contents = archives.contents(blobs[0])
    return asdict(contents) if contents is not None else None


def _calendar(request: Mapping[str, Any], blobs: Sequence[bytes], ask: Ask) -> Any:
    from vaguemestre.webmail.rules import invitations  # noqa: PLC0415

    invitation = invitations.invitation(blobs[0])
    if invitation is None:
        return None
    return {
        **asdict(invitation),
        "starts": invitation.starts.isoformat(),
        "ends": invitation.ends.isoformat(),
    }


def _vcards(request: Mapping[str, Any], blobs: Sequence[bytes], ask: Ask) -> Any:
    from vaguemestre.webmail.rules import visiting  # noqa: PLC0415

    cards = visiting.visiting_cards(charsets.text(blobs[0], request["charset"]))
    return [asdict(card) for card in cards]


def _signature(request: Mapping[str, Any], blobs: Sequence[bytes], ask: Ask) -> Any:
    """Blobs: the signature, the authorities (PEM), the whole message unless the text is in the signature."""
    from cryptography import x509  # noqa: PLC0415

    from vaguemestre.webmail.rules import signatures  # noqa: PLC0415

    authorities = x509.load_pem_x509_certificates(blobs[1]) if blobs[1] else []
    now = datetime.fromisoformat(request["now"])
    if len(blobs) > 2:
        signed = _signed(blobs[2])
        return asdict(signatures.check(signed, blobs[0], authorities, now))
    if signatures.inner_text(blobs[0]) is None:
        return None  # encrypted, not signed
    return asdict(signatures.check(None, blobs[0], authorities, now))


def _signed(raw: bytes) -> bytes | None:
    """The octets that a detached signature covers."""
    from vaguemestre.webmail.rules import signatures  # noqa: PLC0415

    for part in message_from_bytes(raw, policy=policy.compat32).walk():
        if part.get_content_type() == "multipart/signed":
            boundary = part.get_boundary()
            return signatures.split_signed(raw, boundary) if boundary else None
    return None


_WORK: dict[Task, Callable[[Mapping[str, Any], Sequence[bytes], Ask], Any]] = {
    Task.CLEAN: _clean,
    Task.ARCHIVE: _archive,
    Task.CALENDAR: _calendar,
    Task.VCARDS: _vcards,
    Task.SIGNATURE: _signature,
}
