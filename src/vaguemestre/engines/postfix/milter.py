"""Milter of the submission services: Postfix's mail filter protocol (version 6).

One verdict is given, at the end of the message: accept, quarantine (Postfix keeps it in its hold queue) or
reject. An accepted message is sealed: a field on top of its header vouches for its author (RFC 8601,
`auth=pass`, `kernel.seals`), since no filter examines it on its way to a colleague. On any failure here the
client gets a 4xx, from us or from Postfix itself (`milter_default_action`).
"""

import asyncio
import logging
import os
import re
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.header import decode_header, make_header

from vaguemestre.engines.agent import peer_user
from vaguemestre.engines.instance import POSTFIX_USER, user_ids
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.seals import SealBuilder, voucher_value
from vaguemestre.post.outbox.rules.authors import sole_address
from vaguemestre.post.outbox.values import Decision, Origin, SignInTimes, SubmissionRequest, Verdict

log = logging.getLogger(__name__)

type Judge = Callable[[SubmissionRequest], Awaitable[tuple[Verdict, str]]]

_MAX_PACKET_BYTES = 1_100_000  # Postfix cuts at 64 KiB, a header field may be longer
_VERSION = 6
_ADD_FIELDS, _QUARANTINE = 0x01, 0x20  # the modifications we negotiate
# Not sent to us: unknown commands, DATA. No reply to: connection, HELO, envelope, header, its end, body.
_SKIP = 0x100 | 0x200
_NO_REPLY = 0x80 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x40000 | 0x80000
SIEVE = "SIEVE"  # {daemon_name} of the service for Sieve, where HELO names the owner of the script
# Pigeonhole writes it second, above every field of the message itself
_REDIRECTED, _REDIRECTED_AT = "x-sieve-redirected-from", 2
_TOKEN_MECHANISMS = frozenset({"OAUTHBEARER", "XOAUTH2"})
_AUTHORS = frozenset({"from"})
_SENDERS = frozenset({"sender", "resent-from", "resent-sender"})
_PLAIN = re.compile(r"[a-z0-9._+=/-]+@[a-z0-9.-]+", re.ASCII)  # an address that needs no quoting there
_LATER = b"451 4.3.0 Le service d'envoi ne repond pas : reessayez dans un instant\0"


@dataclass
class _Transaction:
    """One message as received so far, with its connection."""

    network: str = ""
    door: str = ""
    helo: str = ""
    login: str = ""
    by_token: bool = False
    queue_id: str = ""
    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    message_id: str = ""
    subject: str = ""
    in_reply_to: str = ""
    header_count: int = 0
    is_redirected: bool = False
    connected_at: float = 0.0
    named_at: float = 0.0
    sealing: SealBuilder = field(default_factory=SealBuilder)

    def next_message(self) -> "_Transaction":
        return _Transaction(
            network=self.network,
            door=self.door,
            helo=self.helo,
            login=self.login,
            by_token=self.by_token,
            connected_at=self.connected_at,
            named_at=self.named_at,
        )

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
            authors=tuple(self.authors),
            senders=tuple(self.senders),
            in_reply_to=self.in_reply_to,
            signed_in_between=SignInTimes(self.connected_at, self.named_at),
        )


@dataclass(frozen=True)
class Voucher:
    """`server`: our authserv-id (RFC 8601); `key`: of the submission seals."""

    server: str
    key: bytes

    def fields(self, transaction: _Transaction) -> tuple[bytes, ...]:
        """The packet that adds Authentication-Results: the signed-in person may write as that author.

        The judge verified that, or a list did before it. Postfix removed the message's own claims.
        """
        if transaction.origin is Origin.REDIRECTED:
            return ()  # somebody else wrote it, and the verdict on that stays
        try:
            author = sole_address(transaction.authors[0]) if len(transaction.authors) == 1 else ""
        except Refusal:
            author = ""
        if not _PLAIN.fullmatch(author):
            return ()
        sender = transaction.sender if _PLAIN.fullmatch(transaction.sender) else ""
        value = voucher_value(self.server, author, transaction.sealing.seal(self.key, author), sender)
        return (b"i" + struct.pack("!I", 1) + f"Authentication-Results\0{value}\0".encode("ascii"),)


async def serve(path: str, judge: Judge, server: str, key: bytes) -> asyncio.Server:
    """Listen on a UNIX socket. `judge` returns a verdict and, for a refusal, the reply (ASCII).

    `server`: our authserv-id (RFC 8601); `key`: of the submission seals.
    """
    voucher = Voucher(server, key)
    trusted = {0, os.geteuid(), *user_ids({POSTFIX_USER})}  # others may share the socket's group

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if peer_user(writer.get_extra_info("socket")) not in trusted:
                return
            await _serve_connection(reader, writer, judge, voucher)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError, struct.error):
            return  # Postfix hung up, or the peer is not Postfix
        finally:
            writer.close()

    return await asyncio.start_unix_server(answer, path, limit=_MAX_PACKET_BYTES)


async def _serve_connection(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, judge: Judge, voucher: Voucher
) -> None:
    transaction = _Transaction()
    while True:
        command, data = await _packet(reader)
        match command:
            case b"O":
                _send(
                    writer, b"O" + struct.pack("!III", _VERSION, _ADD_FIELDS | _QUARANTINE, _SKIP | _NO_REPLY)
                )
            case b"E":
                transaction.sealing.add_body(data)
                for reply in await _verdict(transaction, judge, voucher):
                    _send(writer, reply)
                transaction = transaction.next_message()
            case b"A":
                transaction = transaction.next_message()
            case b"Q":
                return
            case b"K":
                transaction = _Transaction()
            case _:
                _record(transaction, command, data)
        await writer.drain()


async def _packet(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    length = int.from_bytes(await reader.readexactly(4))
    if not 0 < length <= _MAX_PACKET_BYTES:
        raise ValueError("packet")
    packet = await reader.readexactly(length)
    return packet[:1], packet[1:]


def _record(transaction: _Transaction, command: bytes, data: bytes) -> None:
    if command == b"D":
        _macros(transaction, data[1:])
    elif command == b"C":
        transaction.network = _network(data)
        transaction.connected_at = time.time()
    elif command == b"H":
        transaction.helo = data.split(b"\0")[0].decode("ascii", "replace").lower()
    elif command == b"M":
        transaction.sender = _path(data)
        transaction.named_at = transaction.named_at or time.time()
    elif command == b"R":
        transaction.recipients.append(_path(data))
    elif command == b"L":
        name, value, *_ = (*data.split(b"\0"), b"")
        field = name.decode("ascii", "replace").strip().lower()
        transaction.sealing.add_field(field, value)
        transaction.header_count += 1
        transaction.is_redirected |= field == _REDIRECTED and transaction.header_count <= _REDIRECTED_AT
        _header(transaction, field, value.decode("utf-8", "replace"))
    elif command == b"B":
        transaction.sealing.add_body(data)


def _macros(transaction: _Transaction, data: bytes) -> None:
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


def _header(transaction: _Transaction, name: str, value: str) -> None:
    if name in _AUTHORS:
        transaction.authors.append(value.strip(" \t"))
    elif name in _SENDERS:
        transaction.senders.append(value.strip(" \t"))
    elif name == "message-id":
        transaction.message_id = " ".join(value.split())
    elif name == "in-reply-to":
        transaction.in_reply_to = " ".join(value.split())
    elif name == "subject":
        transaction.subject = _decoded(value)


def _decoded(value: str) -> str:
    """The decoded subject on one line (RFC 2047), to be shown to its sender."""
    try:
        text = str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        text = value
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:255]


def _path(data: bytes) -> str:
    """`<address>` and its parameters → the address."""
    return data.split(b"\0")[0].decode("utf-8", "replace").strip().strip("<>").lower()


def _network(data: bytes) -> str:
    """Host name, family, port, address; nothing for a local socket."""
    rest = data.partition(b"\0")[2]
    if rest[:1] not in (b"4", b"6"):
        return ""
    return rest[3:].split(b"\0")[0].decode("ascii", "replace").removeprefix("IPv6:")


async def _verdict(transaction: _Transaction, judge: Judge, voucher: Voucher) -> tuple[bytes, ...]:
    if not transaction.queue_id or not transaction.owner:
        return (b"y" + _LATER,)
    verdict, words = await judge(transaction.submission_request())
    match verdict.decision:
        case Decision.TAKE:
            return (*voucher.fields(transaction), b"c")
        case Decision.HOLD:
            return (*voucher.fields(transaction), b"q" + verdict.code.encode("ascii") + b"\0", b"c")
        case Decision.REFUSE:
            return (b"y" + (words.encode("ascii", "replace").replace(b"\n", b" ") or _LATER[:-1]) + b"\0",)


def _send(writer: asyncio.StreamWriter, reply: bytes) -> None:
    writer.write(len(reply).to_bytes(4) + reply)
