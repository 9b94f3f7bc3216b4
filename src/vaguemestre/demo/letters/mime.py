"""Fast MIME building by joining byte strings (RFC 5322, RFC 2045–2047), CRLF everywhere."""

import base64
from binascii import b2a_qp
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from vaguemestre.demo.letters.values import Writer

type Headers = list[tuple[str, str]]


@lru_cache(maxsize=4096)
def words(text: str) -> str:
    """Encode an unstructured header: ASCII as is, else folded encoded words (RFC 2047)."""
    if text.isascii():
        return text
    pieces, piece = [], ""
    for letter in text:
        if len((piece + letter).encode()) > 45:
            pieces.append(piece)
            piece = ""
        piece += letter
    coded = (base64.b64encode(chunk.encode()).decode() for chunk in (*pieces, piece))
    return "\r\n ".join(f"=?UTF-8?B?{chunk}?=" for chunk in coded)


@lru_cache(maxsize=4096)
def mailbox(writer: Writer) -> str:
    """`Name <address>`."""
    name = words(writer.name)
    return f'"{name}" <{writer.address}>' if "." in name else f"{name} <{writer.address}>"


def mailboxes(writers: list[Writer]) -> str:
    return ",\r\n ".join(mailbox(writer) for writer in writers)


def date_of(moment: datetime) -> str:
    return format_datetime(moment)


def text_part(text: str, kind: str = "plain") -> bytes:
    """A part in UTF-8, quoted-printable: its headers and its content."""
    content = b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")
    return (
        b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%b\r\n"
        % (kind.encode(), content)
    )


@lru_cache(maxsize=512)
def file_part(name: str, kind: str, content: bytes, *, inline_id: str = "") -> bytes:
    """An attached file, or a picture shown in the text when it has an identifier."""
    coded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    place = "inline" if inline_id else "attachment"
    headers = f"Content-Type: {kind}; name*={_extended(name)}\r\nContent-Transfer-Encoding: base64\r\n"
    headers += f"Content-Disposition: {place}; filename*={_extended(name)}\r\n"
    if inline_id:
        headers += f"Content-ID: <{inline_id}>\r\n"
    return headers.encode() + b"\r\n" + coded


def calendar_part(content: bytes) -> bytes:
    """An invitation beside the text, as calendars send it (RFC 6047)."""
    coded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return (
        b'Content-Type: text/calendar; charset=utf-8; method=REQUEST; name="invitation.ics"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + coded
    )


def together(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    """A multipart part: its header and its content."""
    mark = boundary.encode()
    body = b"".join(b"--%b\r\n%b" % (mark, part) for part in parts)
    return b'Content-Type: multipart/%b; boundary="%b"\r\n\r\n%b--%b--\r\n' % (
        kind.encode(),
        mark,
        body,
        mark,
    )


def message(headers: Headers, body: bytes) -> bytes:
    """The whole message; `body` begins with the headers of its own part."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode() + b"MIME-Version: 1.0\r\n" + body


def _extended(name: str) -> str:
    """RFC 2231."""
    coded = "".join(c if (c.isascii() and c.isalnum()) or c in ".-_" else _percent(c) for c in name)
    return f"UTF-8''{coded}"


def _percent(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())
