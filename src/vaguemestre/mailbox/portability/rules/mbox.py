"""The mbox format (RFC 4155, variant « mboxrd »): read messages from a stream, write messages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO

from vaguemestre.mailbox.portability.rules.identity import fields, header_of

# A separator has a time of day, then a year; other lines that begin with « From » are text left unquoted.
# The atomic group keeps the search linear, however long the line.
_SEPARATOR = re.compile(rb"From (?>.*?\d:\d{2}).*\d{4}")
_ANY_SEPARATOR = re.compile(rb"From (?:\S+|-)\s")
_QUOTED = re.compile(rb">+From ")
_TO_QUOTE = re.compile(rb"^(>*From )", re.MULTILINE)
_STATUS = {"R": "\\Seen"}
_X_STATUS = {"A": "\\Answered", "F": "\\Flagged", "T": "\\Draft"}
_MOZILLA = {0x0001: "\\Seen", 0x0002: "\\Answered", 0x0004: "\\Flagged", 0x1000: "$Forwarded"}
_KEYWORD = re.compile(r"[A-Za-z0-9$_.-]{1,60}", re.ASCII)
_PIECE_BYTES = 65_536  # of a line, at once


@dataclass(frozen=True, slots=True)
class Cut:
    """A message of an mbox. `end`: the offset after it. `content`: None if it was too large."""

    content: bytes | None
    date: datetime | None
    end: int


def cut(stream: IO[bytes], start: int, largest: int) -> Iterator[Cut]:
    """The messages from offset `start` on (0, or the `end` of a message); over `largest`, without content."""
    stream.seek(start)
    content = bytearray()
    size, date, at, blank, begun, is_new_line = 0, None, start, True, False, True
    while line := stream.readline(_PIECE_BYTES):
        if is_new_line and blank and _begins(line, first=not begun):
            if begun:
                yield _made(content, size, largest, date, at)
            content, size, date, begun = bytearray(), 0, _date_of(line), True
        elif begun:
            size += len(line)
            if size <= largest:
                content += line[1:] if is_new_line and _QUOTED.match(line) else line
        at += len(line)
        blank = is_new_line and not line.strip(b"\r\n")
        is_new_line = line.endswith(b"\n")
    if begun:
        yield _made(content, size, largest, date, at)


def _begins(line: bytes, *, first: bool) -> bool:
    return line.startswith(b"From ") and bool(
        _SEPARATOR.match(line) or (first and _ANY_SEPARATOR.match(line))
    )


def _made(content: bytearray, size: int, largest: int, date: datetime | None, end: int) -> Cut:
    if size > largest:
        return Cut(None, date, end)
    last_line = content.rfind(b"\n", 0, max(len(content) - 1, 0)) + 1
    if not content[last_line:].strip(b"\r\n"):
        del content[last_line:]  # the blank line between two messages
    return Cut(bytes(content), date, end)


def _date_of(separator: bytes) -> datetime | None:
    """The date of a `From ` line, in UTC (RFC 4155); None if it cannot be read."""
    words = separator.decode("ascii", "replace").split()
    for length in (5, 6):  # some add the zone's name before the year
        last_words = words[-length:]
        try:
            return datetime.strptime(
                " ".join((*last_words[:4], last_words[-1], "+0000")), "%a %b %d %H:%M:%S %Y %z"
            )
        except (ValueError, IndexError):
            continue
    return None


def flags_in(content: bytes) -> frozenset[str]:
    """The IMAP flags in the status fields of other programs (Status, X-Status, X-Mozilla-Status…)."""
    values = {name: value.decode("ascii", "replace").strip() for name, value in fields(header_of(content))}
    flags = {flag for letter, flag in _STATUS.items() if letter in values.get(b"status", "")}
    flags |= {flag for letter, flag in _X_STATUS.items() if letter in values.get(b"x-status", "")}
    try:
        bits = int(values.get(b"x-mozilla-status", "0"), 16)
    except ValueError:
        bits = 0
    flags |= {flag for bit, flag in _MOZILLA.items() if bits & bit}
    keywords = f"{values.get(b'x-keywords', '')} {values.get(b'x-mozilla-keys', '')}".split()
    return frozenset(flags | {word for word in keywords if _KEYWORD.fullmatch(word)})


def written(content: bytes, flags: frozenset[str], date: datetime) -> bytes:
    """A message in the mbox format; `cut`, `flags_in` and `on_the_wire` read it back."""
    status = "RO" if "\\Seen" in flags else "O"
    others = "".join(letter for letter, flag in _X_STATUS.items() if flag in flags)
    keywords = " ".join(sorted(flag for flag in flags if _KEYWORD.fullmatch(flag)))
    state = f"Status: {status}\n"
    state += f"X-Status: {others}\n" if others else ""
    state += f"X-Keywords: {keywords}\n" if keywords else ""
    first = f"From - {date.astimezone(UTC).strftime('%a %b %d %H:%M:%S %Y')}\n"
    body = _TO_QUOTE.sub(rb">\1", content.replace(b"\r\n", b"\n"))
    return first.encode() + state.encode() + body + (b"" if body.endswith(b"\n") else b"\n") + b"\n"


def date_in(content: bytes) -> datetime | None:
    """The Date field of a message; None if it has none that can be read."""
    for name, value in fields(header_of(content)):
        if name == b"date":
            try:
                date = parsedate_to_datetime(value.decode("ascii", "replace").strip())
            except (ValueError, OverflowError):
                return None
            return date if date.tzinfo else date.replace(tzinfo=UTC)
    return None
