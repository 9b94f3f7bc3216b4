"""Milter of the submission services: Postfix's mail filter protocol (version 6).

One verdict is given, at the end of the message: accept, quarantine (Postfix keeps it in its hold queue) or
reject. An accepted message leaves under the directory's name of its author and is sealed: a field on top of
its header vouches for the author (RFC 8601, `auth=pass`, `kernel.seals`), since no filter examines it on its
way to a colleague. On any failure here the client gets a 4xx, from us or Postfix (`milter_default_action`).

What arrives at the MX has a socket of its own, and is refused for too many parts only: they would hold the
filter, which looks at it next.
"""

import asyncio
import logging
import os
import re
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from vaguemestre.engines.agent import peer_user
from vaguemestre.engines.postfix.milter_transaction import MilterTransaction, corrected_fields, record
from vaguemestre.engines.postfix.part_counter import MAX_PARTS
from vaguemestre.engines.system_users import POSTFIX_USER, user_ids
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.seals import voucher_value
from vaguemestre.post.outbox.rules.authors import sole_address
from vaguemestre.post.outbox.values import Decision, Origin, SubmissionRequest, Verdict
from vaguemestre.post.trace.rules.marks import DIGITS, subject_mark

log = logging.getLogger(__name__)

type Judge = Callable[[SubmissionRequest], Awaitable[tuple[Verdict, str]]]
type _Decide = Callable[[MilterTransaction], Awaitable[tuple[bytes, ...]]]

_MAX_PACKET_BYTES = 1_100_000  # Postfix cuts at 64 KiB, a header field may be longer
_LENGTH_BYTES, _CHUNK_BYTES = 4, 65_536
_VERSION = 6
_ADD_FIELDS, _CHANGE_FIELDS, _QUARANTINE, _CHANGE_SENDER = 0x01, 0x10, 0x20, 0x40  # what we negotiate
# Not sent to us: unknown commands, DATA. No reply to: HELO, envelope, header, its end, body. What needs no
# reply is sent with what does: the connection has one, or it would be as young as its first message.
_SKIP = 0x100 | 0x200
_NO_REPLY = 0x80 | 0x2000 | 0x4000 | 0x8000 | 0x40000 | 0x80000
_MODIFICATIONS = _ADD_FIELDS | _CHANGE_FIELDS | _QUARANTINE | _CHANGE_SENDER
_PLAIN = re.compile(r"[a-z0-9._+=/-]+@[a-z0-9.-]+", re.ASCII)  # an address that needs no quoting there
_TOO_MANY_PARTS = (
    b"554 5.6.0 Ce courriel a trop de parties (textes et pieces jointes) : joignez-les en une archive\0"
)
_LATER = b"451 4.3.0 Le service d'envoi ne repond pas : reessayez dans un instant\0"


@dataclass(frozen=True)
class Voucher:
    """`server`: our authserv-id (RFC 8601); `key`: of the submission seals; `marks_key`: of marks."""

    server: str
    key: bytes
    marks_key: str

    def mark(self, transaction: MilterTransaction) -> bytes:
        """The packet that tells the log the mark of the subject; Postfix takes the field away again."""
        mark = subject_mark(self.marks_key, transaction.subject)
        return b"h" + f"Vaguemestre-Marks\0clean {mark:0{DIGITS}x}\0".encode("ascii")

    def fields(self, transaction: MilterTransaction) -> tuple[bytes, ...]:
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


async def serve(path: str, judge: Judge, server: str, key: bytes, marks_key: str) -> asyncio.Server:
    """Listen on a UNIX socket. `judge` returns a verdict and, for a refusal, the reply (ASCII).

    `server`: our authserv-id (RFC 8601); `key`: of the submission seals; `marks_key`: of messages' marks.
    """
    voucher = Voucher(server, key, marks_key)
    return await _listen(path, lambda transaction: _verdict(transaction, judge, voucher))


async def serve_arrivals(path: str, most_parts: int) -> asyncio.Server:
    """Listen on a UNIX socket for what arrives at the MX, and refuse what has more parts."""

    async def decide(transaction: MilterTransaction) -> tuple[bytes, ...]:
        parts = transaction.parts
        most = most_parts if parts.may_have_parts else MAX_PARTS
        return (b"y" + _TOO_MANY_PARTS if parts.count > most else b"c",)

    return await _listen(path, decide)


async def _listen(path: str, decide: _Decide) -> asyncio.Server:
    trusted = {0, os.geteuid(), *user_ids({POSTFIX_USER})}  # others may share the socket's group

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if peer_user(writer.get_extra_info("socket")) not in trusted:
                return
            await _serve_connection(reader, writer, decide)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError, struct.error):
            return  # Postfix hung up, or the peer is not Postfix
        finally:
            writer.close()

    return await asyncio.start_unix_server(answer, path, limit=_MAX_PACKET_BYTES)


async def _serve_connection(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, decide: _Decide
) -> None:
    transaction = MilterTransaction()
    async for command, data in _packets(reader):
        match command:
            case b"O":
                _send(writer, b"O" + struct.pack("!III", _VERSION, _MODIFICATIONS, _SKIP | _NO_REPLY))
            case b"E":
                transaction.add_body(data)
                _send(writer, *await decide(transaction))
                transaction = transaction.next_message()
            case b"A":
                transaction = transaction.next_message()
            case b"Q":
                return
            case b"K":
                transaction = MilterTransaction()
            case _:
                if replies := record(transaction, command, data):
                    _send(writer, *replies)
        await writer.drain()


async def _packets(reader: asyncio.StreamReader) -> AsyncIterator[tuple[bytes, bytes]]:
    """Commands with their data, until Postfix hangs up: it sends many at once, and waits for one answer.

    Raises ValueError on what no packet can be.
    """
    received = bytearray()
    while chunk := await reader.read(_CHUNK_BYTES):
        received += chunk
        start = 0
        while (end := _end_of_packet(received, start)) <= len(received):
            data = bytes(received[start + _LENGTH_BYTES : end])
            start = end
            yield data[:1], data[1:]
        del received[:start]


def _end_of_packet(received: bytearray, start: int) -> int:
    """Offset of the packet's end; past the received bytes while its length is unknown."""
    first = start + _LENGTH_BYTES
    if len(received) < first:
        return first
    length = int.from_bytes(received[start:first])
    if not 0 < length <= _MAX_PACKET_BYTES:
        raise ValueError("packet")
    return first + length


async def _verdict(transaction: MilterTransaction, judge: Judge, voucher: Voucher) -> tuple[bytes, ...]:
    if transaction.parts.count > MAX_PARTS:
        return (b"y" + _TOO_MANY_PARTS,)
    if not transaction.queue_id or not transaction.owner:
        return (b"y" + _LATER,)
    verdict, words = await judge(transaction.submission_request())
    corrected = corrected_fields(transaction, verdict.corrections)  # before the seal, which holds them
    vouched = voucher.fields(transaction) if verdict.is_judged else ()
    vouched = (*vouched, voucher.mark(transaction))
    match verdict.decision:
        case Decision.TAKE:
            return (*corrected, *vouched, *_new_sender(verdict), b"c")
        case Decision.HOLD:
            held = b"q" + verdict.code.encode("ascii") + b"\0"
            return (*corrected, *vouched, held, b"c")
        case Decision.REFUSE:
            return (b"y" + (words.encode("ascii", "replace").replace(b"\n", b" ") or _LATER[:-1]) + b"\0",)


def _new_sender(verdict: Verdict) -> tuple[bytes, ...]:
    """The packet that changes the envelope sender."""
    if not verdict.return_path:
        return ()
    return (b"e" + f"<{verdict.return_path}>".encode() + b"\0",)


def _send(writer: asyncio.StreamWriter, *replies: bytes) -> None:
    for reply in replies:
        writer.write(len(reply).to_bytes(4) + reply)
