"""Parts of the original message that a reply quotes and a forward attaches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vaguemestre.post.mailstore.values import Part

_PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))


@dataclass(frozen=True)
class MessageParts:
    """Text to quote in its two forms, inline pictures and attached files."""

    html: Part | None
    text: Part | None
    pictures: tuple[Part, ...]
    files: tuple[Part, ...]


def message_parts(root: Part) -> MessageParts:
    """Parts of a message: the first texts that are no attachment; inline pictures only with HTML."""
    leaves = list(_leaves(root))
    displayed = [part for part in leaves if part.disposition != "attachment"]
    html = next((part for part in displayed if part.kind == "text/html"), None)
    text = next((part for part in displayed if part.kind == "text/plain"), None)
    bodies = {part.number for part in (html, text) if part}
    others = [part for part in leaves if part.number not in bodies]
    pictures = tuple(part for part in others if html and part.content_id and part.kind in _PICTURES)
    picture_numbers = {part.number for part in pictures}
    files = tuple(part for part in others if part.number not in picture_numbers and _is_file(part))
    return MessageParts(html, text, pictures, files)


def strip_brackets(content_id: str) -> str:
    """The Content-ID without its angle brackets."""
    return content_id.strip().removeprefix("<").removesuffix(">")


def file_name(part: Part) -> str:
    """File name of an attached part; a default one if it has none."""
    if part.name:
        return part.name
    return "message.eml" if part.kind == "message/rfc822" else f"piece-{part.number}"


def message_name(subject: str) -> str:
    """File name of a message saved whole."""
    words = " ".join(re.sub(r'[\\/:*?"<>|]', " ", subject).split())[:80].strip(" .")
    return f"{words or 'message'}.eml"


def without_bcc(raw: bytes) -> bytes:
    """The message without its Bcc fields, with CRLF line ends."""
    header, separator, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    fields = re.sub(rb"(?im)^(?:resent-)?bcc:.*\n(?:[ \t].*\n)*", b"", header + b"\n")
    whole = fields.removesuffix(b"\n") + separator + body
    return (whole if whole.endswith(b"\n") else whole + b"\n").replace(b"\n", b"\r\n")


def _is_file(part: Part) -> bool:
    return bool(part.name) or part.disposition == "attachment" or not part.kind.startswith("text/")


def _leaves(part: Part) -> Iterator[Part]:
    """Leaf parts; an enclosed message is one leaf."""
    if part.kind == "message/rfc822" or not part.children:
        if not part.kind.startswith("multipart/"):
            yield part
        return
    for child in part.children:
        yield from _leaves(child)
