"""Header values decoded: encoded words, dates, transfer encodings, parameters. Pure and total."""

import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from quopri import decodestring
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from vaguemestre.foundation.kernel.text import charsets

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS, 1)}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_ENCODED_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_UNFIT = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+"
)
_FOLDING = re.compile(r"\r?\n[ \t]*|[\t\r\n]+")
_FOLDED = re.compile(r"\r?\n[ \t]+")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_MAX_CHARACTERS = 20_000  # of a header; what follows is dropped
_MAX_IDS = 200
_MAX_FIELDS = 200


def clean(text: str) -> str:
    """One line without control characters, direction overrides or halves of characters."""
    if not text.isprintable():
        text = _UNFIT.sub("", _FOLDING.sub(" ", text))
    return text


def decoded(raw: str) -> str:
    """A header value decoded tolerantly (RFC 2047): octets as latin-1 in, clean Unicode out."""
    return _decoded_cached(raw) if len(raw) < 1000 else _decoded(raw[:_MAX_CHARACTERS])


def _decoded(raw: str) -> str:
    if "=?" not in raw:
        return clean(raw if raw.isascii() else charsets.text(raw.encode("latin-1", "replace"))).strip()
    words: list[str] = []
    pending, label, end = b"", "", 0
    for match in _ENCODED_WORD.finditer(raw):
        between = raw[end : match.start()]
        content = _word_octets(match[2], match[3])
        if between.strip() or not (pending or words):
            words += [charsets.text(pending, label), plain(between)]
            pending, label = content, match[1]
        elif match[1].lower() == label.lower():
            pending += content  # a character may be cut between two words of one charset
        else:
            words.append(charsets.text(pending, label))
            pending, label = content, match[1]
        end = match.end()
    words += [charsets.text(pending, label), plain(raw[end:])]
    return clean("".join(words)).strip()


_decoded_cached = lru_cache(maxsize=4096)(_decoded)


def plain(raw: str) -> str:
    return raw if raw.isascii() else charsets.text(raw.encode("latin-1", "replace"))


def _word_octets(kind: str, word: str) -> bytes:
    content = word.encode("latin-1", "replace")
    if kind in "bB":
        return base64_octets(content)
    return decodestring(content.replace(b"_", b" "), header=False)


def base64_octets(content: bytes) -> bytes:
    """Decode base64, skipping foreign characters and an incomplete end."""
    digits = _NOT_BASE64.sub(b"", content)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return b64decode(digits + b"=" * (-len(digits) % 4))


def undone(content: bytes, encoding: str) -> bytes:
    """Undo a transfer encoding (RFC 2045 §6), tolerantly."""
    match encoding.lower():
        case "base64":
            return base64_octets(content)
        case "quoted-printable":
            return decodestring(content)
        case _:
            return content


def moment(internal_date: str) -> datetime:
    """`01-Sep-2026 10:00:00 +0200` → aware datetime; 1970 when it cannot be read."""
    try:
        day, month, year = internal_date[:11].split("-")
        hour, minute, second = internal_date[12:20].split(":")
        return datetime(
            int(year),
            _MONTH_NUMBERS[month],
            int(day),
            int(hour),
            int(minute),
            int(second),
            tzinfo=_zone(internal_date[21:26]),
        )
    except (ValueError, KeyError):
        return _LONG_AGO


def internal_date(moment: datetime) -> str:
    """The inverse of `moment`, for APPEND; `moment` is aware."""
    return moment.strftime(f"%d-{MONTHS[moment.month - 1]}-%Y %H:%M:%S %z")


@lru_cache(maxsize=128)
def _zone(offset: str) -> timezone:
    minutes = int(offset[1:3]) * 60 + int(offset[3:5])
    return timezone(timedelta(minutes=-minutes if offset.startswith("-") else minutes))


def header_moment(raw: str) -> datetime | None:
    """The moment of a Date header; None when it makes no sense."""
    try:
        sent_at = parsedate_to_datetime(raw[:100])
        sent_at = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
        sent_at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return sent_at


def message_ids(raw: str) -> tuple[str, ...]:
    """The Message-IDs of a header in their order; of very many, the first and the last ones."""
    ids = [clean(match) for match in _MESSAGE_ID.findall(raw[: 5 * _MAX_CHARACTERS])]
    half = _MAX_IDS // 2
    return tuple(ids if len(ids) <= _MAX_IDS else ids[:half] + ids[-half:])


def header_fields(raw: bytes) -> list[tuple[str, str]]:
    """The fields of a header block (RFC 5322 §2.2), unfolded: lower-case names and clean values, in order."""
    fields = []
    for line in _FOLDED.sub(" ", raw[: 20 * _MAX_CHARACTERS].decode("latin-1")).split("\n")[:_MAX_FIELDS]:
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip().lower(), clean(plain(value.strip()[: 5 * _MAX_CHARACTERS]))))
    return fields


class ParameterPiece(NamedTuple):
    """A continuation of a parameter (RFC 2231 §3); `is_extended`: percent-encoded (§4)."""

    place: int
    is_extended: bool
    value: str


def unfolded_parameter(pieces: list[ParameterPiece]) -> str:
    """Join the sorted pieces: `utf-8''%C3%A9t` + `%C3%A9.pdf` → `été.pdf` (RFC 2231 §4)."""
    label, content = "", b""
    for place, (_, is_extended, value) in enumerate(pieces):
        if is_extended and place == 0 and value.count("'") >= 2:
            label, _, value = value.split("'", 2)
        octet = value.encode("latin-1", "replace")
        content += unquote_to_bytes(octet) if is_extended else octet
    return clean(charsets.text(content, label)).strip()
