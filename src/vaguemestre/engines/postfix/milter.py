"""Listener of the doors where our people send: Postfix's mail filter protocol (milter, version 6).

One answer is given, at the end of the message: taken, held (quarantine: Postfix keeps it in its hold queue)
or refused. What is not refused is sealed: a field on top of its header vouches for its author (RFC 8601,
`auth=pass`, `kernel.seals`), since no filter looks at it on its way to a colleague. Whatever goes wrong here,
Postfix is told « later » (4xx), or says it itself when nobody answers (`milter_default_action`).
"""

import asyncio
import logging
import re
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.header import decode_header, make_header

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.seals import Sealing, vouching
from vaguemestre.post.outbox.rules.authors import sole_address
from vaguemestre.post.outbox.values import Decision, Origin, SignInTimes, SubmissionRequest, Verdict

log = logging.getLogger(__name__)

type Judge = Callable[[SubmissionRequest], Awaitable[tuple[Verdict, str]]]

_LONGEST = 1_100_000  # octets of a packet; Postfix cuts at 64 KiB, a header field may be longer
_VERSION = 6
_ADD_FIELDS, _QUARANTINE = 0x01, 0x20  # the changes we ask leave for
# Not told: unknown commands, DATA; not waited for: connection, HELO, envelope, header, its end, body.
_SKIP = 0x100 | 0x200
_NO_REPLY = 0x80 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x40000 | 0x80000
SIEVE = "SIEVE"  # what Postfix calls the door of Sieve ({daemon_name}); there, HELO says whose script it is
# Pigeonhole writes it second, above everything the message itself says
_REDIRECTED, _REDIRECTED_AT = "x-sieve-redirected-from", 2
_TOKEN_MECHANISMS = frozenset({"OAUTHBEARER", "XOAUTH2"})
_AUTHORS = frozenset({"from"})
_SENDERS = frozenset({"sender", "resent-from", "resent-sender"})
_PLAIN = re.compile(r"[a-z0-9._+=/-]+@[a-z0-9.-]+", re.ASCII)  # an address that needs no quoting there
_LATER = b"451 4.3.0 Le service d'envoi ne repond pas : reessayez dans un instant\0"


@dataclass
class _Heard:
    """What was heard of one message."""

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
    answers: str = ""
    header_count: int = 0
    is_redirected: bool = False
    connected_at: float = 0.0
    named_at: float = 0.0
    sealing: Sealing = field(default_factory=Sealing)

    def next_message(self) -> "_Heard":
        return _Heard(
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
        """Who signed in; at the door of Sieve, what HELO says of the mailbox."""
        return self.helo if self.door == SIEVE else self.login

    def posting(self) -> SubmissionRequest:
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
            in_reply_to=self.answers,
            signed_in_between=SignInTimes(self.connected_at, self.named_at),
        )


@dataclass(frozen=True)
class Voucher:
    """`server`: the name under which we vouch; `key`: what we seal with."""

    server: str
    key: bytes

    def fields(self, heard: _Heard) -> tuple[bytes, ...]:
        """The packet that puts a field on top of the header: whoever signed in may write as that author.

        The judge saw to that, or passed on what a list had verified. Postfix took away what the message said
        of itself.
        """
        if heard.origin is Origin.REDIRECTED:
            return ()  # somebody else wrote it, and what was said of that stays
        try:
            author = sole_address(heard.authors[0]) if len(heard.authors) == 1 else ""
        except Refusal:
            author = ""
        if not _PLAIN.fullmatch(author):
            return ()
        sender = heard.sender if _PLAIN.fullmatch(heard.sender) else ""
        told = vouching(self.server, author, heard.sealing.seal(self.key, author), sender)
        return (b"i" + struct.pack("!I", 1) + f"Authentication-Results\0{told}\0".encode("ascii"),)


async def serve(path: str, judge: Judge, server: str, key: bytes) -> asyncio.Server:
    """Listen at a socket of that path. `judge` gives a verdict and, when it refuses, its reply (ASCII).

    `server`: the name under which we vouch (RFC 8601, authserv-id); `key`: what we seal with.
    """
    voucher = Voucher(server, key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _converse(reader, writer, judge, voucher)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError, struct.error):
            return  # Postfix hung up, or is not Postfix: it does what it does without us
        finally:
            writer.close()

    return await asyncio.start_unix_server(answer, path, limit=_LONGEST)


async def _converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, judge: Judge, voucher: Voucher
) -> None:
    heard = _Heard()
    while True:
        command, told = await _packet(reader)
        match command:
            case b"O":
                _say(
                    writer, b"O" + struct.pack("!III", _VERSION, _ADD_FIELDS | _QUARANTINE, _SKIP | _NO_REPLY)
                )
            case b"E":
                heard.sealing.add_body(told)
                for reply in await _verdict(heard, judge, voucher):
                    _say(writer, reply)
                heard = heard.next_message()
            case b"A":
                heard = heard.next_message()
            case b"Q":
                return
            case b"K":
                heard = _Heard()
            case _:
                _hear(heard, command, told)
        await writer.drain()


async def _packet(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    length = int.from_bytes(await reader.readexactly(4))
    if not 0 < length <= _LONGEST:
        raise ValueError("packet")
    packet = await reader.readexactly(length)
    return packet[:1], packet[1:]


def _hear(heard: _Heard, command: bytes, told: bytes) -> None:
    if command == b"D":
        _macros(heard, told[1:])
    elif command == b"C":
        heard.network = _network(told)
        heard.connected_at = time.time()
    elif command == b"H":
        heard.helo = told.split(b"\0")[0].decode("ascii", "replace").lower()
    elif command == b"M":
        heard.sender = _path(told)
        heard.named_at = heard.named_at or time.time()
    elif command == b"R":
        heard.recipients.append(_path(told))
    elif command == b"L":
        name, value, *_ = (*told.split(b"\0"), b"")
        named = name.decode("ascii", "replace").strip().lower()
        heard.sealing.add_field(named, value)
        heard.header_count += 1
        heard.is_redirected |= named == _REDIRECTED and heard.header_count <= _REDIRECTED_AT
        _header(heard, named, value.decode("utf-8", "replace"))
    elif command == b"B":
        heard.sealing.add_body(told)


def _macros(heard: _Heard, told: bytes) -> None:
    words = told.decode("utf-8", "replace").split("\0")
    for name, value in zip(words[::2], words[1::2], strict=False):
        match name.strip("{}"):
            case "i":
                heard.queue_id = value
            case "daemon_name":
                heard.door = value
            case "auth_type":
                heard.by_token = value.upper() in _TOKEN_MECHANISMS
            case "auth_authen":
                heard.login = value.lower()
            case _:
                pass


def _header(heard: _Heard, name: str, value: str) -> None:
    if name in _AUTHORS:
        heard.authors.append(value.strip(" \t"))
    elif name in _SENDERS:
        heard.senders.append(value.strip(" \t"))
    elif name == "message-id":
        heard.message_id = " ".join(value.split())
    elif name == "in-reply-to":
        heard.answers = " ".join(value.split())
    elif name == "subject":
        heard.subject = _decoded(value)


def _decoded(value: str) -> str:
    """The subject for its sender's eyes, one line (RFC 2047)."""
    try:
        shown = str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        shown = value
    return " ".join("".join(c if c.isprintable() else " " for c in shown).split())[:255]


def _path(told: bytes) -> str:
    """`<address>` and its parameters → the address."""
    return told.split(b"\0")[0].decode("utf-8", "replace").strip().strip("<>").lower()


def _network(told: bytes) -> str:
    """Host name, family, port, address; nothing for a local socket."""
    rest = told.partition(b"\0")[2]
    if rest[:1] not in (b"4", b"6"):
        return ""
    return rest[3:].split(b"\0")[0].decode("ascii", "replace").removeprefix("IPv6:")


async def _verdict(heard: _Heard, judge: Judge, voucher: Voucher) -> tuple[bytes, ...]:
    if not heard.queue_id or not heard.owner:
        return (b"y" + _LATER,)
    verdict, words = await judge(heard.posting())
    match verdict.decision:
        case Decision.TAKE:
            return (*voucher.fields(heard), b"c")
        case Decision.HOLD:
            return (*voucher.fields(heard), b"q" + verdict.code.encode("ascii") + b"\0", b"c")
        case Decision.REFUSE:
            return (b"y" + (words.encode("ascii", "replace").replace(b"\n", b" ") or _LATER[:-1]) + b"\0",)


def _say(writer: asyncio.StreamWriter, reply: bytes) -> None:
    writer.write(len(reply).to_bytes(4) + reply)
