"""Identity of a message (two copies have the same mark), and its canonical form."""

import hashlib
import re

from vaguemestre.mailbox.portability.values import Mark

NAMING = (b"message-id", b"date", b"from", b"subject")  # the fields that identify a message
MAX_HEADER_BYTES = 100_000  # `header_size_limit` of Postfix is 102,400
_STATE = (b"status", b"x-status", b"x-keywords", b"x-mozilla-status", b"x-mozilla-status2", b"x-mozilla-keys")
_BLANK = re.compile(rb"\r?\n\r?\n")


def mark_of(header: bytes, size: int) -> Mark:
    """The mark of a message. `header`: all of it, or its NAMING fields; `size`: with CR LF line ends."""
    values: dict[bytes, list[bytes]] = {name: [] for name in NAMING}
    for name, value in fields(header):
        if name in values:
            values[name].append(b" ".join(value.split()))
    text = b"\0".join(name + b":" + b"\1".join(values[name]) for name in NAMING)
    return Mark(hashlib.sha256(text).hexdigest(), size)


def fields(header: bytes) -> list[tuple[bytes, bytes]]:
    """(lower-case name, unfolded value) of each field; other lines are skipped."""
    pairs: list[tuple[bytes, bytes]] = []
    for line in header.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            if pairs:
                pairs[-1] = pairs[-1][0], pairs[-1][1] + line
        elif (colon := line.find(b":")) > 0:
            pairs.append((line[:colon].strip().lower(), line[colon + 1 :]))
    return pairs


def on_the_wire(content: bytes) -> bytes:
    """The message with CR LF line ends, without NUL (RFC 9051 forbids it) and without mbox status fields."""
    lines = content.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    content = lines.replace(b"\n", b"\r\n")
    header, blank, body = _split(content)
    if any(name in _STATE for name, _ in fields(header)):
        header = _without_state(header)
    return header + blank + body


def header_of(content: bytes) -> bytes:
    return _split(content)[0]


def has_oversized_header(content: bytes) -> bool:
    """Whether the header is longer than our mail server accepts."""
    return _BLANK.search(content, 0, MAX_HEADER_BYTES + 4) is None and len(content) > MAX_HEADER_BYTES


def _split(content: bytes) -> tuple[bytes, bytes, bytes]:
    match = _BLANK.search(content)
    if match is None:
        return content, b"", b""
    return content[: match.start()], content[match.start() : match.end()], content[match.end() :]


def _without_state(header: bytes) -> bytes:
    lines: list[bytes] = []
    dropping = False
    for line in header.split(b"\r\n"):
        if line[:1] not in (b" ", b"\t"):
            dropping = line.partition(b":")[0].strip().lower() in _STATE
        if not dropping:
            lines.append(line)
    return b"\r\n".join(lines)
