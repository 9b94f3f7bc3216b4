"""Parser of an enclosed message, with the values that the mail store gives for an outer one.

It is tolerant and total: any bytes give something to show (RFC 5322, RFC 2045–2046).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from vaguemestre.foundation.kernel.addresses import people_in
from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.mailbox.webmail.rules.listing.rows import one_line
from vaguemestre.mailbox.webmail.rules.rendering.plain import flow_of
from vaguemestre.post.mailstore.values import Correspondent, MessageRef, OpenedMessage, Part

_DEEPEST = 40
_MAX_PARTS = 3_000
_MAX_PEOPLE = 500
_MAX_FIELD_CHARACTERS = 20_000


class _Bounded(Message):
    """A part for the standard parser, which stops at enclosed messages and at `_DEEPEST` levels.

    An enclosed message stays bytes until it is opened.
    """

    depth = 0

    def attach(self, payload: Any) -> None:
        payload.depth = self.depth + 1
        super().attach(payload)

    def get_content_maintype(self) -> str:
        kind = super().get_content_maintype()
        is_leaf = kind == "message" or (kind == "multipart" and self.depth >= _DEEPEST)
        return "application" if is_leaf else kind


def parse_message(content: bytes, ref: MessageRef) -> tuple[OpenedMessage, dict[str, Message]]:
    """Parse a message; its parts by number. Header fields are left out: they authenticate nothing here."""
    message = message_from_bytes(content, _Bounded, policy=policy.compat32)
    parts: dict[str, Message] = {}
    root = _part(message, "", parts, 0, is_root=True)
    sender = _people(message, "from")
    return (
        OpenedMessage(
            ref=ref,
            flags=frozenset(("\\Seen",)),
            received=_date(message) or datetime(1970, 1, 1, tzinfo=UTC),
            size=len(content),
            subject=_words(message.get("subject", "")),
            date=_date(message),
            sender=sender,
            reply_to=_people(message, "reply-to") or sender,
            to=_people(message, "to"),
            cc=_people(message, "cc"),
            message_id="",
            in_reply_to="",
            references=(),
            root=root,
        ),
        parts,
    )


def after_header(raw: bytes) -> bytes:
    """The bytes after the first empty line."""
    place = raw.find(b"\r\n\r\n")
    return raw[place + 4 :] if place >= 0 else raw.partition(b"\n\n")[2]


def content_of(message: Message) -> bytes:
    """Decoded content of a part; an enclosed message as a whole."""
    if message.is_multipart():
        children = message.get_payload()
        inner = children if isinstance(children, list) else []
        return b"".join(_as_bytes(child) for child in inner if isinstance(child, Message))
    try:
        payload = message.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    raw = _as_written(message)
    return raw.encode("latin-1", "replace") if isinstance(raw, str) else b""


def _as_written(message: Message) -> object:
    """The parts or the text, undecoded; None if its charset decodes no octets, as « idna »."""
    try:
        return message.get_payload()
    except (ValueError, LookupError):
        return None


def _as_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (ValueError, LookupError, KeyError, UnicodeError, TypeError, AttributeError):
        return message.as_string().encode("utf-8", "replace")


def _part(
    message: Message, number: str, parts: dict[str, Message], depth: int, *, is_root: bool = False
) -> Part:
    kind = message.get_content_type()
    payload = _as_written(message)
    if kind.startswith("multipart/") and isinstance(payload, list):
        return Part(number, kind, children=tuple(_children(payload, number, parts, depth)))
    if is_root:
        number = "1"
    parts[number] = message
    name = message.get_filename() or ""
    disposition = str(message.get("content-disposition", "")).partition(";")[0].strip().lower()
    return Part(
        number=number,
        kind="text/plain" if kind.startswith("multipart/") else kind.lower(),
        charset=_charset(message),
        encoding=str(message.get("content-transfer-encoding", "")).strip().lower(),
        size=len(payload) if isinstance(payload, str) else len(content_of(message)),
        name=_words(name),
        content_id=one_line(str(message.get("content-id", ""))),
        disposition=disposition,
        flow=flow_of(_parameter(message, "format"), _parameter(message, "delsp")),
    )


def _children(
    payload: Sequence[object], number: str, parts: dict[str, Message], depth: int
) -> Iterator[Part]:
    if depth > _DEEPEST:
        return
    for place, child in enumerate(payload, 1):
        if len(parts) >= _MAX_PARTS:
            return
        if isinstance(child, Message):
            yield _part(child, f"{number}.{place}" if number else str(place), parts, depth + 1)


def _charset(message: Message) -> str:
    try:
        return str(message.get_content_charset() or "").lower()
    except (LookupError, ValueError, TypeError):
        return ""


def _parameter(message: Message, name: str) -> str:
    try:
        return str(message.get_param(name) or "")
    except (LookupError, ValueError, TypeError):
        return ""


def _words(raw: object) -> str:
    """Decode a header field with encoded words (RFC 2047)."""
    text = str(raw)[:_MAX_FIELD_CHARACTERS]
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return one_line(text)
    return one_line(
        "".join(
            charsets.text(piece, label or "") if isinstance(piece, bytes) else piece
            for piece, label in pieces
        )
    )


def _people(message: Message, field: str) -> tuple[Correspondent, ...]:
    raw = [str(value)[:_MAX_FIELD_CHARACTERS] for value in message.get_all(field, [])]
    pairs = people_in(raw)[:_MAX_PEOPLE]
    return tuple(Correspondent(_words(name), one_line(address)) for name, address in pairs if address)


def _date(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message.get("date", ""))[:100])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment
