"""MIME message (RFC 5322, 2045–2047, 2231, 2387): header fields, parts, encodings."""

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules import headers
from vaguemestre.post.outbox.rules.text import plain_text
from vaguemestre.post.outbox.values import Attachment, Letter, Recipient

_KIND = re.compile(
    r"(application|audio|chemical|font|image|model|text|video)/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}"
)
_MESSAGE = "message/rfc822"
_SEVEN_BITS = re.compile(rb"(?:[\x01-\x09\x0b\x0c\x0e-\x7f]{0,998}\r\n)*")  # RFC 2045 §2.7
_BASE64_GROWTH = 78 / 76 * 4 / 3
_HEADER_BYTES = 16_384  # header fields, boundaries, trace fields added on the way
_TRACE_BYTES = 4_096
MEGA_BYTES = 1_048_576


def build_message(letter: Letter, *, boundary: str) -> bytes:
    """The message as it is sent: CRLF, 7 bit, no line over 998 octets, no Bcc.

    `boundary` is 16 or more random hexadecimal digits. Fields: From, To, Cc, Subject, Date, Message-ID,
    In-Reply-To, References, Reply-To, Importance, Sensitivity, Disposition-Notification-To, MIME-Version,
    Content-*; empty ones are left out.
    Raises Refusal `outbox.control-character` or `outbox.message-id-malformed`.
    """
    return headers.header_block(_fields(letter)) + _body(letter, boundary)


def with_bcc(content: bytes, bcc: Iterable[Recipient]) -> bytes:
    """The sender's copy: the same message with a Bcc field."""
    hidden = tuple(bcc)
    if not hidden:
        return content
    return headers.header_block([("Bcc", headers.mailbox_list("Bcc", hidden))]) + content


def encoded_size(sizes: Iterable[int]) -> int:
    """Octets of a message with attachments of those sizes (base64 lines, part headers, message header)."""
    return int(sum(size * _BASE64_GROWTH + 1024 for size in sizes)) + _HEADER_BYTES


def check_size(sizes: Iterable[int], limit: int) -> None:
    """Raises Refusal `outbox.too-large` when the encoded message would pass the limit (octets)."""
    size = encoded_size(sizes)
    if size > limit:
        raise Refusal("outbox.too-large", field="enclosed", size=_mega(size), limit=_mega(limit))


def check_whole(content: bytes, limit: int) -> None:
    """Raises Refusal `outbox.too-large` if the message and its trace fields would pass the limit (octets)."""
    if len(content) + _TRACE_BYTES > limit:
        raise Refusal("outbox.too-large", field="enclosed", size=_mega(len(content)), limit=_mega(limit))


def is_too_heavy(size: int, limit_mb: int) -> bool:
    """Whether a message of `size` octets, trace fields apart, passes that limit; 0 for none."""
    return bool(limit_mb) and size > limit_mb * MEGA_BYTES


def safe_name(name: str) -> str:
    """A file name without path, control or direction characters; never empty, at most 200 characters."""
    last = re.split(r"[\\/]", name)[-1]
    cleaned = "".join(
        c
        for c in last
        if c.isprintable() and c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    cleaned = cleaned.strip(" .") or "sans-nom"
    if len(cleaned) <= 200:
        return cleaned
    stem, dot, extension = cleaned.rpartition(".")
    return f"{stem[: 199 - len(extension)]}.{extension}" if dot and len(extension) < 20 else cleaned[:200]


def safe_kind(kind: str) -> str:
    """A media type we accept, else `application/octet-stream`.

    Never multipart/*, and only message/rfc822 of message/*.
    """
    lowered = kind.partition(";")[0].strip().lower()
    return lowered if _KIND.fullmatch(lowered) or lowered == _MESSAGE else "application/octet-stream"


def _fields(letter: Letter) -> list[tuple[str, str]]:
    if headers.usable_message_id(letter.message_id) == "":
        raise Refusal("outbox.message-id-malformed")
    fields = [
        ("From", headers.mailbox_list("From", [letter.sender])),
        ("Reply-To", headers.mailbox_list("Reply-To", letter.reply_to) if letter.reply_to else ""),
        ("To", headers.mailbox_list("To", letter.to) if letter.to else _undisclosed(letter)),
        ("Cc", headers.mailbox_list("Cc", letter.cc) if letter.cc else ""),
        ("Subject", headers.unstructured("Subject", letter.subject)),
        ("Date", headers.date_field(letter.date)),
        ("Message-ID", letter.message_id),
        ("In-Reply-To", headers.usable_message_id(letter.in_reply_to)),
        ("References", headers.message_id_list(headers.trimmed_references(letter.references, ""))),
        ("Importance", letter.importance if letter.importance in {"high", "low"} else ""),
        ("Sensitivity", "Private" if letter.is_private else ""),
        ("Disposition-Notification-To", _receipt_to(letter)),
        ("MIME-Version", "1.0"),
    ]
    return [(name, value) for name, value in fields if value or name == "Subject"]


def _undisclosed(letter: Letter) -> str:
    """An empty group (RFC 6854) if all recipients are in Bcc: spam filters distrust a message without To."""
    return "undisclosed-recipients:;" if letter.bcc and not letter.cc else ""


def _receipt_to(letter: Letter) -> str:
    """Receipts go to the envelope sender: other clients refuse any other address."""
    return f"<{letter.sender.address}>" if letter.wants_receipt else ""


def _body(letter: Letter, boundary: str) -> bytes:
    """Entity header and body: mixed( related( alternative(text, html), pictures ), files )."""
    if not letter.html:
        entity = _text_part("plain", letter.text)
    else:
        text = letter.text or plain_text(letter.html)
        parts = [_text_part("plain", text), _text_part("html", _document(letter.html))]
        entity = _multipart("alternative", parts, f"{boundary}.a")
    pictures = [_picture(e) for e in letter.attachments if e.content_id and letter.html]
    if pictures:
        entity = _multipart(
            "related", [entity, *pictures], f"{boundary}.r", root_kind="multipart/alternative"
        )
    files = [_file(e) for e in letter.attachments if not (e.content_id and letter.html)]
    if files:
        entity = _multipart("mixed", [entity, *files], f"{boundary}.m")
    return entity


def _document(html: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8"></head>\n<body>\n'
        + html
        + "\n</body></html>\n"
    )


def _text_part(kind: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    lines = lines.encode("utf-8", "replace").decode("utf-8")
    if not lines.endswith("\n"):
        lines += "\n"
    return (
        headers.header_block(
            [
                ("Content-Type", f"text/{kind}; charset=utf-8"),
                ("Content-Transfer-Encoding", "quoted-printable"),
            ]
        )
        + b"\r\n"
        + _quoted_printable(lines)
    )


def _quoted_printable(text: str) -> bytes:
    """Quoted-printable (RFC 2045 §6.7), with a leading dot or `From ` encoded too (RFC 2049 §3)."""
    lines = []
    for line in text.split("\n")[:-1]:
        coded = [_octet(o) for o in line.encode("utf-8")]
        if coded and coded[-1] in {" ", "\t"}:
            coded[-1] = f"={ord(coded[-1]):02X}"
        if coded[:1] == ["."]:
            coded[0] = "=2E"
        if "".join(coded[:5]) == "From ":
            coded[0] = "=46"
        piece = ""
        for unit in coded:
            if len(piece) + len(unit) > 75:
                lines.append(piece + "=")
                piece = ""
            piece += unit
        lines.append(piece)
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _octet(octet: int) -> str:
    if octet in (32, 9) or (33 <= octet <= 126 and octet != 61):
        return chr(octet)
    return f"={octet:02X}"


def _multipart(subtype: str, parts: list[bytes], boundary: str, root_kind: str = "") -> bytes:
    related = f'; type="{root_kind}"' if root_kind else ""
    head = headers.header_block(
        [("Content-Type", f'multipart/{subtype}{related};\r\n boundary="=_{boundary}"')]
    )
    delimiter = f"--=_{boundary}".encode("ascii")
    body = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"\r\n" + body + delimiter + b"--\r\n"


def _picture(attachment: Attachment) -> bytes:
    fields = [
        ("Content-ID", f"<{attachment.content_id}>"),
        ("Content-Disposition", _disposition("inline", attachment)),
    ]
    return _encoded(attachment, fields)


def _file(attachment: Attachment) -> bytes:
    return _encoded(attachment, [("Content-Disposition", _disposition("attachment", attachment))])


def _encoded(attachment: Attachment, fields: list[tuple[str, str]]) -> bytes:
    kind = safe_kind(attachment.kind)
    if kind == _MESSAGE:
        if _SEVEN_BITS.fullmatch(attachment.content):
            return _unencoded(attachment, kind, fields)
        kind = "application/octet-stream"  # RFC 2046 §5.2.1: a message is not encoded, and ours hold 7 bits
    head = headers.header_block(
        [
            ("Content-Type", kind + _parameter("name", safe_name(attachment.name))),
            ("Content-Transfer-Encoding", "base64"),
            *fields,
        ]
    )
    coded = b64encode(attachment.content)
    body = b"\r\n".join(coded[i : i + 76] for i in range(0, len(coded), 76))
    return head + b"\r\n" + body + b"\r\n"


def _unencoded(attachment: Attachment, kind: str, fields: list[tuple[str, str]]) -> bytes:
    head = headers.header_block(
        [
            ("Content-Type", kind + _parameter("name", safe_name(attachment.name))),
            ("Content-Transfer-Encoding", "7bit"),
            *fields,
        ]
    )
    return head + b"\r\n" + attachment.content


def _disposition(how: str, attachment: Attachment) -> str:
    return how + _parameter("filename", safe_name(attachment.name))


def _parameter(attribute: str, value: str) -> str:
    """A parameter on its own line; anything but short ASCII in RFC 2231 pieces."""
    if re.fullmatch(r"[ !#-\[\]-~]{1,60}", value):
        return f';\r\n {attribute}="{value}"'
    pieces, piece = [], ""
    for character in value:
        coded = quote(character, safe="")
        if len(piece) + len(coded) > 50:
            pieces.append(piece)
            piece = ""
        piece += coded
    pieces.append(piece)
    if len(pieces) == 1:
        return f";\r\n {attribute}*=utf-8''{pieces[0]}"
    first = f";\r\n {attribute}*0*=utf-8''{pieces[0]}"
    return first + "".join(f";\r\n {attribute}*{n}*={p}" for n, p in enumerate(pieces[1:], 1))


def _mega(size: int) -> str:
    return f"{size / MEGA_BYTES:.1f}".replace(".", ",")
