"""The push process as an ASGI application: four URLs, nothing on disk."""

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Collection, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from vaguemestre.foundation.kernel import tickets
from vaguemestre.foundation.live_push.hub import Hub, Stream
from vaguemestre.foundation.live_push.rules import parse_changes, parse_folder_moves
from vaguemestre.foundation.live_push.session_watch import SessionWatch
from vaguemestre.foundation.live_push.values import Change, FolderMove

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Headers = list[tuple[bytes, bytes]]

TICKET_LIFE_SECONDS = 12 * 3600  # the session is checked as well at each opening
HEARTBEAT_SECONDS = 20.0  # keeps proxies from closing a quiet stream
MAX_PENDING_SIGN_INS = 32  # of mail clients, checked in parallel
MAX_NOTIFICATION_BYTES = 1_000_000


@dataclass
class PushApplication:
    """Three endpoints, each with its own key: streams by ticket, `/dovecot`, `/porte`.

    `throttle(question)`: seconds Dovecot must delay a sign-in of a mail client. `tell_others(changes)`: tells
    the pages that other machines hold. `folders_moved(moves)`: keeps what names folders true.
    """

    ticket_key: str
    notify_key: str
    throttle_key: str
    origins: Collection[str]
    hub: Hub
    sessions: SessionWatch
    throttle: Callable[[bytes], int] = lambda _: 0
    tell_others: Callable[[Sequence[Change]], None] = lambda _: None
    folders_moved: Callable[[Sequence[FolderMove]], None] = lambda _: None
    pending_sign_ins: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        match scope["method"], scope["path"]:
            case "POST", "/dovecot":
                await self._receive_notification(scope, receive, send)
            case "POST", "/porte":
                await self._throttle_sign_in(scope, receive, send)
            case "GET", "/flux":
                await self._stream(scope, receive, send)
            case "GET", "/sante":
                await _answer(send, 200, json.dumps({"status": "ok", "streams": len(self.hub)}).encode())
            case _:
                await _answer(send, 404)

    async def _receive_notification(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _has_key(scope, self.notify_key):
            await _answer(send, 403)
            return
        body = await _body(receive)
        changes = parse_changes(body)
        self.hub.notify(changes)
        self.tell_others(changes)
        await _answer(send, 204)
        if moves := parse_folder_moves(body):  # once answered: Dovecot waits, and the database may be slow
            await asyncio.to_thread(self.folders_moved, moves)

    async def _throttle_sign_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer Dovecot, which waits: no delay when too many sign-ins are pending."""
        if not _has_key(scope, self.throttle_key):
            await _answer(send, 403)
            return
        question = await _body(receive)
        if self.pending_sign_ins >= MAX_PENDING_SIGN_INS:
            await _answer(send, 200, b"0")
            return
        self.pending_sign_ins += 1
        try:
            wait = await asyncio.to_thread(self.throttle, question)
        finally:
            self.pending_sign_ins -= 1
        await _answer(send, 200, str(wait).encode())

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        text = parse_qs(scope["query_string"].decode("latin-1")).get("t", [""])[0]
        ticket = tickets.read(self.ticket_key, text, now=time.time(), life=TICKET_LIFE_SECONDS)
        if ticket is None:
            await _answer(send, 403, headers=self._cors(scope))
            return
        stream = self.hub.join(ticket)
        try:
            if await self.sessions.admits(ticket.session_key):
                await self._send_events(stream, scope, receive, send)
            else:
                await _answer(send, 403, headers=self._cors(scope))
        finally:
            self.hub.leave(stream)

    async def _send_events(self, stream: Stream, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events of a stream to its page, until either ends."""
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            *self._cors(scope),
        ]
        disconnected = asyncio.ensure_future(_disconnected(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send(
                {"type": "http.response.body", "body": b"retry: 2000\n: bonjour\n\n", "more_body": True}
            )
            while not disconnected.done():
                waited = asyncio.ensure_future(stream.queue.get())
                await asyncio.wait(
                    {waited, disconnected}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                text = waited.result() if waited.done() else b":\n\n"
                waited.cancel()
                if text is None or disconnected.done():
                    break
                await send({"type": "http.response.body", "body": text, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            disconnected.cancel()

    def _cors(self, scope: Scope) -> Headers:
        origin = _header(scope, b"origin")
        if origin.decode("latin-1") not in self.origins:
            return []
        return [(b"access-control-allow-origin", origin), (b"vary", b"origin")]


async def _body(receive: Receive) -> bytes:
    body = b""
    while len(body) <= MAX_NOTIFICATION_BYTES:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _has_key(scope: Scope, key: str) -> bool:
    return hmac.compare_digest(_header(scope, b"authorization"), b"Bearer " + key.encode())


def _header(scope: Scope, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key == name), b"")


async def _answer(send: Send, status: int, body: bytes = b"", headers: Headers | None = None) -> None:
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*head, *(headers or [])]})
    await send({"type": "http.response.body", "body": body})
