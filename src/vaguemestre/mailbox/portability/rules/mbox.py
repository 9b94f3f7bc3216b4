"""The mbox format (RFC 4155, variant « mboxrd »): read messages from a stream, write messages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
_PLACE_BYTES = 8_000_000  # passed over, between two places: less than a tenth of a second


@dataclass(frozen=True, slots=True)
class Cut:
    """A message of an mbox, or a place amid what is passed over (`is_place`).

    `content`: None if the message is too large. `end`, `inside`: where to go on, as `cut` takes them.
    """

    content: bytes | None
    date: datetime | None
    end: int
    inside: int = 0
    is_place: bool = False


def cut(stream: IO[bytes], start: int, largest: int, *, inside: int = 0) -> Iterator[Cut]:
    """The messages from `start` on (0, or `end` and `inside` of a cut); over `largest`, without content.

    A message without end is left once it passes `largest`; places then come as they are read, so that
    whoever counts the time may stop there.
    """
    stream.seek(start)
    reading = _Reading.at_place(start, inside)
    while line := stream.readline(_PIECE_BYTES):
        if reading.is_before(line):
            if message := reading.message():
                yield message
            reading.begin(line)
        else:
            reading.add(line, largest)
        reading.go_past(line)
        if reading.has_to_tell(largest):
            yield reading.tell()
    if message := reading.message():
        yield message


_INSIDE, _NEW_LINE, _BLANK, _BEGUN = 1, 2, 4, 8  # bits of `Cut.inside`


@dataclass(slots=True)
class _Reading:
    """What is known at a place of an mbox. `is_left`: the message there was found too large, and told."""

    at: int
    begun: bool = False
    is_new_line: bool = True
    is_blank: bool = True  # the line before
    is_left: bool = False
    size: int = 0
    date: datetime | None = None
    content: bytearray = field(default_factory=bytearray)
    told_at: int = 0

    @classmethod
    def at_place(cls, at: int, inside: int) -> "_Reading":
        if not inside:
            return cls(at, told_at=at)
        begun = bool(inside & _BEGUN)
        return cls(at, begun, bool(inside & _NEW_LINE), bool(inside & _BLANK), is_left=begun, told_at=at)

    def is_before(self, line: bytes) -> bool:
        return self.is_new_line and self.is_blank and _begins(line, first=not self.begun)

    def begin(self, separator: bytes) -> None:
        self.content, self.size, self.date = bytearray(), 0, _date_of(separator)
        self.begun, self.is_left = True, False

    def add(self, line: bytes, largest: int) -> None:
        if not self.begun or self.is_left:
            return
        self.size += len(line)
        if self.size <= largest:
            self.content += line[1:] if self.is_new_line and _QUOTED.match(line) else line

    def go_past(self, line: bytes) -> None:
        self.at += len(line)
        self.is_blank = self.is_new_line and not line.strip(b"\r\n")
        self.is_new_line = line.endswith(b"\n")

    def has_to_tell(self, largest: int) -> bool:
        """Whether the message has just become too large, or much was passed over since the last place."""
        if self.begun and not self.is_left:
            return self.size > largest
        return self.at - self.told_at >= _PLACE_BYTES

    def tell(self) -> Cut:
        is_place = self.is_left or not self.begun
        if self.begun:
            self.is_left, self.content = True, bytearray()
        self.told_at = self.at
        inside = _INSIDE | _NEW_LINE * self.is_new_line | _BLANK * self.is_blank | _BEGUN * self.begun
        return Cut(None, None if is_place else self.date, self.at, inside, is_place)

    def message(self) -> Cut | None:
        """The message that ends here, unless none has begun or it was left."""
        if not self.begun or self.is_left:
            return None
        last_line = self.content.rfind(b"\n", 0, max(len(self.content) - 1, 0)) + 1
        if not self.content[last_line:].strip(b"\r\n"):
            del self.content[last_line:]  # the blank line between two messages
        content = bytes(self.content)
        return Cut(content, _day_of(content, self.date), self.at)


def _begins(line: bytes, *, first: bool) -> bool:
    return line.startswith(b"From ") and bool(
        _SEPARATOR.match(line) or (first and _ANY_SEPARATOR.match(line))
    )


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


def _day_of(content: bytes, separator: datetime | None) -> datetime | None:
    """The message's date: by its separator, where Thunderbird writes when it put it into the file instead."""
    is_mozilla = any(name == b"x-mozilla-status" for name, _ in fields(header_of(content)))
    return (is_mozilla and date_in(content)) or separator


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


def mbox_bytes(content: bytes, flags: frozenset[str], date: datetime) -> bytes:
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
