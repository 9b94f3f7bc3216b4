"""Header fields of a message we write (RFC 5322, RFC 2047): built here, never copied as typed."""

import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.outbox.values import Recipient

_FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_PRINTABLE = re.compile(r"[ -~]*", re.ASCII)
_MESSAGE_ID = re.compile(
    r"<[^\s<>@\x00-\x1f\x7f-\uffff]{1,250}@[^\s<>@\x00-\x1f\x7f-\uffff]{1,250}>", re.ASCII
)
_MAX_WORD_BYTES = 42  # UTF-8 in one encoded word: 56 of base64 + 12 of delimiters, and `Subject: ` before
_MAX_LINE = 78
_MAX_REFERENCES = 30


def check_field(name: str, text: str) -> str:
    """The text of one field, stripped, tabs as spaces.

    Raises Refusal `outbox.control-character` for anything that could end or hide a line: CR, LF, NUL and
    other controls, U+2028, U+2029, lone surrogates.
    """
    if _FORBIDDEN.search(text):
        raise Refusal("outbox.control-character", field=name)
    return text.replace("\t", " ").strip()


def header_block(fields: Iterable[tuple[str, str]]) -> bytes:
    """Header of fields already folded, CRLF between lines.

    Raises Refusal `outbox.control-character`: a line end must be followed by a fold.
    """
    lines = []
    for name, value in fields:
        if re.search(r"\r\n(?![ \t]\S)|\r(?!\n)|(?<!\r)\n|\x00", value) or value.endswith("\r\n"):
            raise Refusal("outbox.control-character", field=name)
        lines.append(f"{name}: {value}\r\n")
    return "".join(lines).encode("ascii")


def unstructured(name: str, text: str) -> str:
    """An unstructured field (Subject): ASCII as it is if it fits, else encoded words; folded."""
    text = check_field(name, text)
    if _PRINTABLE.fullmatch(text) and "=?" not in text and _fits(name, text):
        return _fold(len(name) + 2, text.split(" "), " ") if text else ""
    return _fold(len(name) + 2, _encoded_words(text), " ")


def mailbox_list(name: str, recipients: Iterable[Recipient]) -> str:
    """`Name <address>` items, one folded line each where needed (RFC 5322 §3.4)."""
    items = [_mailbox(name, r) for r in recipients]
    lines: list[str] = []
    room = _MAX_LINE - len(name) - 2
    for index, item in enumerate(items):
        ending = "," if index < len(items) - 1 else ""
        if lines and len(lines[-1]) + 1 + len(item) + 1 <= room and "\r\n" not in item:
            lines[-1] += f" {item}{ending}"
        else:
            lines.append(item + ending)
            room = _MAX_LINE - 1
    return "\r\n ".join(lines)


def message_id_list(ids: Iterable[str]) -> str:
    """One Message-ID a line: long ones are never cut."""
    return "\r\n ".join(ids)


def trimmed_references(references: Iterable[str], answered: str) -> tuple[str, ...]:
    """References of a reply (RFC 5322 §3.6.4): those of the original, then its Message-ID.

    Malformed ones are dropped; a very long list is cut to the first and the last ones.
    """
    ids = [i for i in dict.fromkeys((*references, answered)) if _MESSAGE_ID.fullmatch(i)]
    if len(ids) > _MAX_REFERENCES:
        ids = [ids[0], *ids[1 - _MAX_REFERENCES :]]
    return tuple(ids)


def usable_message_id(text: str) -> str:
    """The Message-ID if it is well formed, else an empty string."""
    return text if _MESSAGE_ID.fullmatch(text) else ""


def date_field(moment: datetime) -> str:
    """RFC 5322 date with the offset of Paris that day."""
    return format_datetime(moment.astimezone(PARIS))


def _mailbox(field: str, recipient: Recipient) -> str:
    name = check_field(field, recipient.name)
    if not name:
        return recipient.address
    if _ATOMS.fullmatch(name) and len(name) <= 60 and "=?" not in name:
        phrase = name
    elif _PRINTABLE.fullmatch(name) and len(name) <= 60 and "=?" not in name:
        phrase = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    else:
        phrase = "\r\n ".join(_encoded_words(name))
    joint = "\r\n " if len(phrase.rsplit("\r\n", 1)[-1]) + len(recipient.address) > _MAX_LINE - 20 else " "
    return f"{phrase}{joint}<{recipient.address}>"


def _encoded_words(text: str) -> list[str]:
    """Base64 encoded words, cut between characters (RFC 2047 §5: each decodes alone)."""
    words: list[str] = []
    piece = b""
    for character in text:
        octets = character.encode("utf-8")
        if len(piece) + len(octets) > _MAX_WORD_BYTES:
            words.append(_word(piece))
            piece = b""
        piece += octets
    if piece or not words:
        words.append(_word(piece))
    return words


def _word(octets: bytes) -> str:
    return f"=?utf-8?B?{b64encode(octets).decode('ascii')}?="


def _fits(name: str, text: str) -> bool:
    """Whether plain ASCII can be folded: no word longer than a line, no run of spaces a fold would hide."""
    return "  " not in text and all(len(word) <= _MAX_LINE - len(name) - 4 for word in text.split(" "))


def _fold(used: int, words: list[str], joint: str) -> str:
    lines = [""]
    for word in words:
        if lines[-1] and used + len(lines[-1]) + 1 + len(word) > _MAX_LINE:
            lines.append(word)
            used = 1
        else:
            lines[-1] += (joint if lines[-1] else "") + word
    return "\r\n ".join(lines)
