"""Finding in a message's structure what an answer quotes and a forward carries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vaguemestre.post.mailstore.values import Part

_PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))


@dataclass(frozen=True)
class Pieces:
    """The text to quote (HTML preferred), the pictures inside it, the files beside it."""

    html: Part | None
    text: Part | None
    pictures: tuple[Part, ...]
    files: tuple[Part, ...]


def pieces_of(root: Part) -> Pieces:
    """First text outside attachments; a part with a Content-ID is a picture only beside HTML."""
    leaves = list(_leaves(root))
    shown = [p for p in leaves if p.disposition != "attachment"]
    html = next((p for p in shown if p.kind == "text/html"), None)
    text = next((p for p in shown if p.kind == "text/plain"), None)
    bodies = {p.number for p in (html, text) if p}
    rest = [p for p in leaves if p.number not in bodies]
    pictures = tuple(p for p in rest if html and p.content_id and p.kind in _PICTURES)
    inside = {p.number for p in pictures}
    files = tuple(p for p in rest if p.number not in inside and _is_file(p))
    return Pieces(html, text, pictures, files)


def bare_id(content_id: str) -> str:
    return content_id.strip().removeprefix("<").removesuffix(">")


def file_name(part: Part) -> str:
    if part.name:
        return part.name
    return "message.eml" if part.kind == "message/rfc822" else f"piece-{part.number}"


def message_name(subject: str) -> str:
    """The name of a whole message as a file."""
    words = " ".join(re.sub(r'[\\/:*?"<>|]', " ", subject).split())[:80].strip(" .")
    return f"{words or 'message'}.eml"


def without_hidden(raw: bytes) -> bytes:
    """The message without its Bcc field; line ends as on the wire."""
    header, gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = re.sub(rb"(?im)^(?:resent-)?bcc:.*\n(?:[ \t].*\n)*", b"", header + b"\n")
    whole = kept.removesuffix(b"\n") + gap + body
    return (whole if whole.endswith(b"\n") else whole + b"\n").replace(b"\n", b"\r\n")


def _is_file(part: Part) -> bool:
    return bool(part.name) or part.disposition == "attachment" or not part.kind.startswith("text/")


def _leaves(part: Part) -> Iterator[Part]:
    """A message enclosed in the message is one leaf: it is carried whole."""
    if part.kind == "message/rfc822" or not part.children:
        if not part.kind.startswith("multipart/"):
            yield part
        return
    for child in part.children:
        yield from _leaves(child)
