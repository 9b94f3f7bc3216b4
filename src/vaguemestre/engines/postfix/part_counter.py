"""What a message costs the filter that parses it, counted as its body passes.

Nothing bounds what rspamd parses: a message of 300,000 parts holds it for seconds, and so does one enclosed
in another a hundred times. It also decodes enclosed messages, to which RFC 2046 §5.2.1 allows no encoding,
and goes on in what it finds. Whatever it may take for a part counts: more is counted than there is.
"""

import binascii
import re
from collections.abc import Container
from typing import Protocol

MAX_PARTS = 5_000  # lines that may begin one, in whatever message: texts have some too
_MAX_ENCLOSED = 20  # messages directly within one another: each is read again with all that it encloses
_MAX_BOUNDARIES = 1_000
_MAX_HEADER_BYTES, _MAX_LINE_BYTES = 65_536, 1_024  # beyond, a header is looked at piece by piece

_BASE64, _QUOTED, _UUENCODED = b"base64", b"quoted", b"uu"
_BLANK_LINE = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
_TYPE = re.compile(
    rb"(?:\A|[\r\n])content-type[ \t]*:([^\r\n]*(?:(?>\r\n|\n|\r)[ \t][^\r\n]*)*)", re.IGNORECASE
)
_ENCODING = re.compile(rb"(?:\A|[\r\n])content-transfer-encoding[ \t]*:\s*([^\r\n]*)", re.IGNORECASE)
_BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"\r\n]{1,200})|([^\"\s;]{1,200}))", re.IGNORECASE)
_DASHES = re.compile(rb"[\r\n]--([^\r\n]*)(?=[\r\n])")
_NOT_BASE64 = bytes(set(range(256)) - set(binascii.b2a_base64(bytes(range(256)))) | {0x0A, 0x3D})


class _Decoder(Protocol):
    def __call__(self, octets: bytes) -> bytes: ...


class PartCounter:
    """`count`: lines that may begin a part (RFC 2046 §5.1.1), with what is as dear as too many of them.

    `may_have_parts`: a header says so. Then the filter may take any of these lines for a boundary.
    """

    def __init__(self, depth: int = 0) -> None:
        self.count = 0
        self.may_have_parts = False
        self._depth = self._outer = depth  # messages that enclose one another, here and around
        self._end = b"\n"  # of what passed: a line may be cut anywhere
        self._rest = b""  # not looked at yet
        self._has_begun = self._is_message = False
        self._is_header, self._is_first = True, depth > 0
        self._searched = 0  # octets of a header in which no blank line begins
        self._encodings: set[bytes] = set()
        self._boundaries: set[bytes] = set()
        self._inner: tuple[_Decoder, PartCounter] | None = None

    def add_field(self, name: str, value: bytes) -> None:
        """A field of the message's own header, before its body."""
        if name.lower() in {"content-type", "content-transfer-encoding"}:
            self._rest += name.encode("ascii", "replace") + b": " + value + b"\r\n"

    def add_body(self, chunk: bytes) -> None:
        """Octets of the body."""
        if not self._has_begun:
            self._has_begun, self._rest = True, self._rest + b"\r\n\r\n"
        self.add(chunk)

    def add(self, chunk: bytes) -> None:
        """Octets of a message that begins with its header."""
        text = self._end + chunk
        self.count += text.count(b"\n--") + text.count(b"\r--")  # the filter takes both for the end of a line
        self._end = text[-2:]
        self._rest += chunk
        while self.count <= MAX_PARTS and (self._read_header() if self._is_header else self._read_body()):
            pass
        if self.count > MAX_PARTS:
            self._rest, self._inner = b"", None

    def _read_header(self) -> bool:
        """Look at a header, and say whether it was whole."""
        if self._is_first:
            self._rest = self._rest.lstrip(b"\r\n")
            self._is_first = not self._rest
        end = _BLANK_LINE.search(self._rest, self._searched)
        if end is None:
            if len(self._rest) > _MAX_HEADER_BYTES:
                self._note(self._rest)
                self._rest = self._rest[-_MAX_LINE_BYTES:]
            self._searched = max(len(self._rest) - 2, 0)
            return False
        self._searched = 0
        self._note(self._rest[: end.start()] + b"\n")
        self._rest = self._rest[end.end() - 1 :]
        self._enter()
        return True

    def _note(self, header: bytes) -> None:
        for kind in _TYPE.findall(header):
            self._is_message |= b"message" in kind.lower()
            self.may_have_parts |= self._is_message or b"multipart" in kind.lower()
            for quoted, plain in _BOUNDARY.findall(kind):
                if len(self._boundaries) < _MAX_BOUNDARIES:
                    self._boundaries.add((quoted or plain).rstrip())
        for encoding in _ENCODING.findall(header.lower()):
            self._encodings |= {name for name in (_BASE64, _QUOTED, _UUENCODED) if name in encoding}

    def _enter(self) -> None:
        """Go on in what follows a header: a body, or the header of an enclosed message."""
        is_message, encodings = self._is_message, self._encodings
        self._is_message, self._encodings = False, set()
        self._is_header = self._is_first = is_message
        if not is_message:
            return
        self._depth += 1
        if self._depth > _MAX_ENCLOSED or _UUENCODED in encodings:
            self.count += MAX_PARTS + 1
        elif decoder := _decoder(encodings):
            self._is_header, self._inner = False, (decoder, PartCounter(self._depth))

    def _read_body(self) -> bool:
        """Look at a body up to its next line of two dashes, and say whether there was one."""
        line = _DASHES.search(self._rest)
        if line is None:
            last = max(self._rest.rfind(b"\n"), self._rest.rfind(b"\r"))
            self._give(last if last >= 0 and len(self._rest) - last < _MAX_LINE_BYTES else len(self._rest))
            return False
        is_boundary = self._is_boundary(line[1].rstrip())
        if self._inner and not is_boundary:
            self._give(line.end())
            return True
        self._give(line.start() + 1)
        self._is_header, self._is_first, self._inner = True, False, None
        if is_boundary:
            self._depth = self._outer
        return True

    def _is_boundary(self, line: bytes) -> bool:
        return line in self._boundaries or line.removesuffix(b"--") in self._boundaries

    def _give(self, end: int) -> None:
        """Leave the rest behind up to `end`: to what is enclosed, if it is encoded."""
        octets, self._rest = self._rest[:end], self._rest[end:]
        if self._inner:
            decode, inner = self._inner
            before = inner.count
            inner.add(decode(octets))
            self.count += inner.count - before


def _decoder(encodings: Container[bytes]) -> _Decoder | None:
    if _BASE64 in encodings:
        return _Base64()
    return _QuotedPrintable() if _QUOTED in encodings else None


class _Base64:
    """As the filter does: what is no digit is passed over, the padding too."""

    def __init__(self) -> None:
        self._rest = b""

    def __call__(self, octets: bytes) -> bytes:
        digits = self._rest + octets.translate(None, _NOT_BASE64)
        end = len(digits) - len(digits) % 4
        self._rest = digits[end:]
        return binascii.a2b_base64(digits[:end])


class _QuotedPrintable:
    def __init__(self) -> None:
        self._rest = b""

    def __call__(self, octets: bytes) -> bytes:
        text = self._rest + octets
        sign = text.rfind(b"=", -4)
        end = sign if sign >= 0 else len(text)
        self._rest = text[end:]
        return binascii.a2b_qp(text[:end])
