"""One message as Postfix's mail filter protocol tells it, command by command."""

import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import NamedTuple

from vaguemestre.engines.postfix.part_counter import PartCounter
from vaguemestre.foundation.kernel.seals import SealBuilder
from vaguemestre.post.outbox.values import (
    MAX_SENDERS,
    FieldCorrection,
    Origin,
    SignInTimes,
    SubmissionRequest,
)

SIEVE = "SIEVE"  # {daemon_name} of the service for Sieve, where HELO names the owner of the script
# Pigeonhole writes it second, above every field of the message itself
_REDIRECTED, _REDIRECTED_AT = "x-sieve-redirected-from", 2
_TOKEN_MECHANISMS = frozenset({"OAUTHBEARER", "XOAUTH2"})
_AUTHORS = frozenset({"from"})
_MAX_SUBJECT_CHARACTERS = 5_000  # characters, as it came: those beyond are not shown
_SENDERS = frozenset({"sender", "resent-from", "resent-sender"})


class SignedField(NamedTuple):
    """A From, Sender or Resent-* field: name and text as written, and which of that name it is, from 1."""

    name: str
    occurrence: int
    text: str


@dataclass
class MilterTransaction:
    """One message as received so far, with its connection."""

    network: str = ""
    door: str = ""
    helo: str = ""
    login: str = ""
    by_token: bool = False
    queue_id: str = ""
    sender: str = ""
    return_path: str = ""
    recipients: list[str] = field(default_factory=list)
    signed: list[SignedField] = field(default_factory=list)
    message_id: str = ""
    subject: str = ""
    in_reply_to: str = ""
    header_count: int = 0
    size: int = 0
    is_redirected: bool = False
    connected_at: float = 0.0
    named_at: float = 0.0
    sealing: SealBuilder = field(default_factory=SealBuilder)
    parts: PartCounter = field(default_factory=PartCounter)

    def add_body(self, data: bytes) -> None:
        self.sealing.add_body(data)
        self.parts.add_body(data)
        self.size += len(data)

    def next_message(self) -> "MilterTransaction":
        return MilterTransaction(
            network=self.network,
            door=self.door,
            helo=self.helo,
            login=self.login,
            by_token=self.by_token,
            connected_at=self.connected_at,
            named_at=self.named_at,
        )

    @property
    def authors(self) -> tuple[str, ...]:
        return tuple(signed.text for signed in self.signed if signed.name.lower() in _AUTHORS)

    @property
    def origin(self) -> Origin:
        if self.door != SIEVE:
            return Origin.SUBMITTED
        return Origin.REDIRECTED if self.is_redirected else Origin.REPLIED

    @property
    def owner(self) -> str:
        """The mailbox that signed in; for Sieve, the HELO name that stands for it."""
        return self.helo if self.door == SIEVE else self.login

    def submission_request(self) -> SubmissionRequest:
        return SubmissionRequest(
            queue_id=self.queue_id,
            origin=self.origin,
            by_token=self.by_token,
            mailbox=self.owner,
            sender=self.sender,
            recipients=tuple(dict.fromkeys(self.recipients)),
            network=self.network,
            message_id=self.message_id,
            subject=self.subject,
            authors=self.authors,
            senders=tuple(signed.text for signed in self.signed if signed.name.lower() in _SENDERS),
            in_reply_to=self.in_reply_to,
            size=self.size,
            signed_in_between=SignInTimes(self.connected_at, self.named_at),
            return_path=self.return_path,
        )


def record(transaction: MilterTransaction, command: bytes, data: bytes) -> tuple[bytes, ...]:
    """Add to the message what one command of the protocol says of it; returns the replies that it needs."""
    if command == b"D":
        _macros(transaction, data[1:])
    elif command == b"C":
        transaction.network = _network(data)
        transaction.connected_at = time.time()
    elif command == b"H":
        transaction.helo = data.split(b"\0")[0].decode("ascii", "replace").lower()
    elif command == b"M":
        transaction.return_path = _path(data)
        transaction.sender = transaction.return_path.lower()
        transaction.named_at = transaction.named_at or time.time()
    elif command == b"R":
        transaction.recipients.append(_path(data).lower())
    elif command == b"L":
        name, value, *_ = (*data.split(b"\0"), b"")
        field = name.decode("ascii", "replace").strip()
        transaction.sealing.add_field(field, value)
        transaction.parts.add_field(field, value)
        transaction.header_count += 1
        transaction.size += len(data)
        is_mark = field.lower() == _REDIRECTED and transaction.header_count <= _REDIRECTED_AT
        transaction.is_redirected |= is_mark
        _header(transaction, field, value.decode("utf-8", "replace"))
    elif command == b"B":
        transaction.add_body(data)
    return (b"c",) if command == b"C" else ()


def _macros(transaction: MilterTransaction, data: bytes) -> None:
    words = data.decode("utf-8", "replace").split("\0")
    for name, value in zip(words[::2], words[1::2], strict=False):
        match name.strip("{}"):
            case "i":
                transaction.queue_id = value
            case "daemon_name":
                transaction.door = value
            case "auth_type":
                transaction.by_token = value.upper() in _TOKEN_MECHANISMS
            case "auth_authen":
                transaction.login = value.lower()
            case _:
                pass


def _header(transaction: MilterTransaction, name: str, value: str) -> None:
    match name.lower():
        case "message-id":
            transaction.message_id = " ".join(value.split())
        case "in-reply-to":
            transaction.in_reply_to = " ".join(value.split())
        case "subject":
            transaction.subject = _decoded(value[:_MAX_SUBJECT_CHARACTERS])
        case lowered if lowered in _AUTHORS | _SENDERS:
            before = sum(signed.name.lower() == lowered for signed in transaction.signed)
            if before <= MAX_SENDERS:  # one more than is allowed is enough to refuse the message
                transaction.signed.append(SignedField(name, before + 1, value.strip(" \t")))
        case _:
            pass


def _decoded(value: str) -> str:
    """The decoded subject on one line (RFC 2047), to be shown to its sender."""
    try:
        text = str(make_header(decode_header(value)))
    except (LookupError, ValueError, HeaderParseError):
        text = value
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:255]


def _path(data: bytes) -> str:
    """`<address>` and its parameters → the address."""
    return data.split(b"\0")[0].decode("utf-8", "replace").strip().strip("<>")


def _network(data: bytes) -> str:
    """Host name, family, port, address; nothing for a local socket."""
    rest = data.partition(b"\0")[2]
    if rest[:1] not in (b"4", b"6"):
        return ""
    return rest[3:].split(b"\0")[0].decode("ascii", "replace").removeprefix("IPv6:")


def corrected_fields(
    transaction: MilterTransaction, corrections: Iterable[FieldCorrection]
) -> tuple[bytes, ...]:
    """The packets that replace fields, also in what will be sealed."""
    packets = []
    corrected = dict(corrections)
    for name, occurrence, text in transaction.signed:
        if text in corrected:
            value = corrected[text].replace("\r\n", "\n").encode("ascii")  # Postfix folds at LF
            transaction.sealing.replace_field(name, occurrence, value)
            place = struct.pack("!I", occurrence)
            packets.append(b"m" + place + name.encode("ascii") + b"\0" + value + b"\0")
    return tuple(packets)
