"""The submission seal: a keyed digest that binds a message to the author our submission service vouches for.

White space is compared as DKIM's « relaxed » does (RFC 6376 §3.4.2, §3.4.4): a run of blanks is one, those at
the end of a line and empty lines at the end are none, a header field is unfolded. Line ends are CRLF or LF.
"""

import hashlib
import hmac
import re
from collections.abc import Callable

# Fields that are displayed, that a click acts upon, or that decide how the body is parsed and where the
# message is filed.
SEALED_FIELDS = frozenset(
    {
        "from", "sender", "reply-to", "to", "cc", "subject", "date",
        "message-id", "in-reply-to", "references", "auto-submitted",
        "mime-version", "content-type", "content-transfer-encoding", "content-disposition",
        "disposition-notification-to", "disposition-notification-options",
        "return-receipt-to", "x-confirm-reading-to",
        "list-id", "list-unsubscribe", "list-unsubscribe-post",
    }
)  # fmt: skip
_VERSION = b"vaguemestre-seal-2"
_BLANKS = bytes.maketrans(b"\t\r", b"  ")
_UNFOLDED_END = re.compile(rb"\r?\n(?![ \t])")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_VOUCHER = re.compile(
    r"[^\s;]+; auth=pass(?: smtp\.mailfrom=\S+)? header\.from=(?P<author>\S+) policy\.seal=[0-9a-f]+"
)

type SealCheck = Callable[[str, str], bool]
"""Whether a seal (hexadecimal) holds for an author (lower case) on the message at hand."""


class _RelaxedBody:
    """SHA-256 of a body read in pieces, its white space relaxed. A lone CR is a blank."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._line_ends = 0  # held back, as is a trailing blank: they do not count at the end of the body
        self._has_blank = False

    def update(self, piece: bytes) -> None:
        text = (b" " if self._has_blank else b"") + piece.translate(_BLANKS)
        while b"  " in text:
            text = text.replace(b"  ", b" ")
        text = text.replace(b" \n", b"\n")
        content = text.rstrip(b" \n")
        if content:
            self._digest.update(b"\n" * self._line_ends + content)
            self._line_ends = 0
        self._line_ends += text.count(b"\n", len(content))
        self._has_blank = text.endswith(b" ")

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class SealBuilder:
    """Builds the seal of a message from its fields in order, then its body in pieces."""

    def __init__(self) -> None:
        self._fields: list[tuple[str, bytes]] = []
        self._body = _RelaxedBody()

    def add_field(self, name: str, value: bytes) -> None:
        if name.lower() in SEALED_FIELDS:
            self._fields.append((name.lower(), value))

    def replace_field(self, name: str, occurrence: int, value: bytes) -> None:
        """Replace the value of the field of that name, counted from 1, which was added before."""
        places = [place for place, (other, _) in enumerate(self._fields) if other == name.lower()]
        if places:  # a field that is not sealed has none
            self._fields[places[occurrence - 1]] = (name.lower(), value)

    def add_body(self, piece: bytes) -> None:
        self._body.update(piece)

    def seal(self, key: bytes, author: str) -> str:
        """The digest in hexadecimal: HMAC-SHA-256 over author, sealed fields and the body's SHA-256."""
        # no piece holds a line end, and each field begins with its name
        sealed = (
            _VERSION,
            author.lower().encode("utf-8"),
            *(name.encode("ascii") + b":" + b" ".join(value.split()) for name, value in self._fields),
            self._body.hexdigest().encode("ascii"),
        )
        return hmac.new(key, b"\n".join(sealed), hashlib.sha256).hexdigest()


def seal_of(content: bytes, key: bytes, author: str) -> str:
    """The seal of a finished message."""
    sealing = SealBuilder()
    end = _HEADER_END.search(content)
    head, body = (content[: end.start()], content[end.end() :]) if end else (content, b"")
    for line in _UNFOLDED_END.split(head):
        name, colon, value = line.partition(b":")
        if colon and name.isascii():
            sealing.add_field(name.decode("ascii").strip(), value)
    sealing.add_body(body)
    return sealing.seal(key, author)


def is_seal_valid(seal: str, content: bytes, key: bytes, author: str) -> bool:
    """Whether the seal is that of the message and its author."""
    return hmac.compare_digest(seal.lower().encode(), seal_of(content, key, author).encode())


def voucher_value(server: str, author: str, seal: str, envelope_sender: str = "") -> str:
    """The Authentication-Results value (RFC 8601) that vouches for an author; `server`: our authserv-id."""
    envelope = f" smtp.mailfrom={envelope_sender}" if envelope_sender else ""
    return f"{server}; auth=pass{envelope} header.from={author} policy.seal={seal}"


def vouched_author(value: str) -> str:
    """The author that a `voucher_value` names, lower case; "" if it is none. The seal is not checked."""
    # whole: a sender chose the envelope's address, which may hold the words that follow it
    match = _VOUCHER.fullmatch(" ".join(value.split()))
    return match["author"].lower() if match else ""


def with_voucher(content: bytes, key: bytes, server: str, author: str) -> bytes:
    """The message under an Authentication-Results of ours, when it does not pass the submission service."""
    value = voucher_value(server, author, seal_of(content, key, author), author)
    return f"Authentication-Results: {value}\r\n".encode() + content
