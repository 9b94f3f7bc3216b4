"""What is read of somebody's bytes: at once when there is little of it, else in a process with a budget."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from vaguemestre.webmail.ports import TooComplex, authorities, run_limited
from vaguemestre.webmail.rules import complexity, tasks
from vaguemestre.webmail.rules.archives import Contents, Entry
from vaguemestre.webmail.rules.complexity import Effort
from vaguemestre.webmail.rules.invitations import Invitation, Invited
from vaguemestre.webmail.rules.readable import LONGEST, Pictures, Readable, readable
from vaguemestre.webmail.rules.signatures import Signature
from vaguemestre.webmail.rules.styles import Remote
from vaguemestre.webmail.rules.visiting import Visiting
from vaguemestre.webmail.values import Task

_LITTLE = 30_000  # octets read in the process that asks
MOST_REMOTE = 2_000  # pictures from elsewhere shown in one message


def clean_html(
    html: str,
    pictures: Pictures,
    held: Collection[str],
    proxied: Remote | None = None,
    words: Sequence[str] = (),
) -> Readable:
    """As `rules.readable`. `held`: the Content-IDs that `pictures` knows, without brackets, lower case.

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
    made = run_limited.get()(Task.CLEAN, request, [content], answer)
    return Readable(**{**made, "used": frozenset(made["used"])})


def contents_of_archive(archive: bytes) -> Contents | None:
    """As `rules.archives`. Raises TooComplex, EngineDown."""
    told = _read(Task.ARCHIVE, {}, [archive])
    if told is None:
        return None
    return Contents(**{**told, "entries": tuple(Entry(**entry) for entry in told["entries"])})


def invitation_of(calendar: bytes) -> Invitation | None:
    """As `rules.invitations`. Raises TooComplex, EngineDown."""
    told = _read(Task.CALENDAR, {}, [calendar])
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


def visiting_cards_of(content: bytes, charset: str) -> tuple[Visiting, ...]:
    """As `rules.visiting`. Raises TooComplex, EngineDown."""
    told = _read(Task.VCARDS, {"charset": charset}, [content])
    return tuple(
        Visiting(**{**card, "addresses": tuple(card["addresses"]), "phones": tuple(card["phones"])})
        for card in told
    )


def signature_of(signature: bytes, raw: bytes | None, now: datetime) -> Signature | None:
    """As `rules.signatures`; None for what is encrypted. `raw`: the whole message of a detached signature.

    Raises TooComplex, EngineDown.
    """
    known = b"".join(one.public_bytes(Encoding.PEM) for one in authorities.get()())
    blobs = [signature, known, *([raw] if raw is not None else [])]
    told = _read(Task.SIGNATURE, {"now": now.isoformat()}, blobs, little=len(signature) + len(raw or b""))
    return Signature(**{**told, "addresses": tuple(told["addresses"])}) if told is not None else None


def _read(task: Task, request: Mapping[str, Any], blobs: Sequence[bytes], little: int | None = None) -> Any:
    size = little if little is not None else sum(map(len, blobs))
    if size > _LITTLE:
        return run_limited.get()(task, request, blobs)
    try:
        return tasks.perform(task, request, blobs, lambda _kind, _what: None)
    except RecursionError as error:
        raise TooComplex("webmail.too-complex") from error
