"""Parsing of a message delivered to a list: its author, whether it is automatic, whether it loops."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.parse_cost import UNREADABLE, is_costly
from vaguemestre.schools.lists.values import IncomingMessage

LOOP_FIELD = "X-Loop"
# Pigeonhole writes it above the fields of the message, and no script can remove it (no `editheader`).
# A sender who writes it gives up being the author.
_REDIRECTED_FIELD = "X-Sieve-Redirected-From"
_IDS = re.compile(r"<[^<>\s]{1,250}>")
_AUTOMATIC_SENDERS = re.compile(
    r"^(mailer-daemon|postmaster|noreply|no-reply|ne-pas-repondre)@", re.IGNORECASE
)
_MAX_LEVELS = 40  # of parts in parts
_BULK = {"bulk", "junk", "auto_reply"}


class UnreadableLetter(Exception):
    """A message made so that it cannot be parsed, or that no copy of it can be made."""


def parse_message(raw: bytes, address: str) -> tuple[IncomingMessage, str]:
    """The message, and its return path (lower case, empty without one). Raises UnreadableLetter."""
    if is_costly(raw):
        raise UnreadableLetter
    try:
        return _parsed(raw, address)
    except UNREADABLE as error:
        raise UnreadableLetter from error


def _parsed(raw: bytes, address: str) -> tuple[IncomingMessage, str]:
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    return_path = _header(message, "Return-Path").strip().strip("<>").lower()
    name, sender = _author(message)
    incoming = IncomingMessage(
        sender=sender,
        sender_name=name,
        message_id=next(iter(_IDS.findall(_header(message, "Message-ID"))), "")[:250],
        subject=one_line(decode_words(_typed_header(message, "Subject"))),
        size=len(raw),
        has_files=bool([file_name(part) for part in _parts(message) if is_file(part)]),
        is_automatic=not return_path or is_automatic(message, sender),
        is_loop=is_loop(message, address),
        is_from_list=message.get("List-Id") is not None,
        is_redirected=message.get(_REDIRECTED_FIELD) is not None,
        references=tuple(
            dict.fromkeys(_IDS.findall(f"{_header(message, 'References')} {_header(message, 'In-Reply-To')}"))
        ),
    )
    return incoming, return_path


def _parts(message: Message) -> Iterator[Message]:
    """The message and all its parts, level by level. Raises RecursionError if they go too deep for a copy."""
    level = [message]
    for _ in range(_MAX_LEVELS):
        yield from level
        payloads = [part.get_payload() for part in level if part.is_multipart()]
        level = [part for payload in payloads for part in payload if isinstance(part, Message)]
        if not level:
            return
    raise RecursionError


def is_automatic(message: Message, sender: str) -> bool:
    """Whether a program wrote the message (RFC 3834 §5)."""
    auto_submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        auto_submitted not in ("", "no")
        or _header(message, "Precedence").strip().lower() in _BULK
        or message.get_content_type() == "multipart/report"
        or bool(_AUTOMATIC_SENDERS.match(sender))
    )


def is_loop(message: Message, address: str) -> bool:
    """Whether the message went through the list of that address before."""
    addresses = [str(value).strip().lower() for value in message.get_all(LOOP_FIELD, [])]
    return address.lower() in addresses or list_id(address).lower() in _header(message, "List-Id").lower()


def list_id(address: str) -> str:
    """List-Id of a list (RFC 2919): its address with a dot for the @."""
    return f"<{address.replace('@', '.')}>"


def is_file(part: Message) -> bool:
    """Whether a part is an attachment: neither a body text nor an inline image."""
    if part.is_multipart():
        return False
    if part.get_content_disposition() == "attachment":
        return True
    is_text = part.get_content_maintype() == "text" and part.get_content_subtype() in ("plain", "html")
    return not is_text and bool(part.get_filename()) and part.get("Content-ID") is None


def file_name(part: Message) -> str:
    return one_line(decode_words(part.get_filename() or "")) or "piece-jointe"


def one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:250]


def decode_words(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError, HeaderParseError):
        return text


def _author(message: Message) -> tuple[str, str]:
    """Name and address of the author; empty unless there is exactly one that can be parsed."""
    fields = message.get_all("From", [])
    if len(fields) != 1:
        return "", ""
    authors = getaddresses([str(fields[0]).replace("\n", " ").replace("\r", " ")])
    if len(authors) != 1:
        return "", ""
    name, address = authors[0]
    try:
        return one_line(decode_words(name))[:100], str(parse_address(address))
    except Refusal:
        return "", ""


def _typed_header(message: Message, name: str) -> str:
    """The field of that name, also in the bytes that copiers and old programs write without encoding them."""
    values = (str(value) for field, value in message.raw_items() if field.lower() == name.lower())
    raw = next(values, "").encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _header(message: Message, name: str) -> str:
    return str(message.get(name, ""))
