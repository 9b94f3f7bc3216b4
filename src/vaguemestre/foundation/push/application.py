"""The push process as an ASGI application: four addresses, nothing kept on disk."""

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from vaguemestre.foundation.kernel import tickets
from vaguemestre.foundation.push.hub import Hub
from vaguemestre.foundation.push.rules import changes

log = logging.getLogger(__name__)

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Headers = list[tuple[bytes, bytes]]

TICKET_LIFE = 12 * 3600  # the session is asked about as well, at each opening
HEARTBEAT = 20.0  # seconds: keeps proxies from closing a quiet stream
ASKED_AT_ONCE = 32  # sign-ins of mail programs looked at together
LARGEST = 1_000_000  # bytes of a notification
ASKED_TOGETHER = 500  # sessions in one question to the database
IDLE_SHARE = 4  # the watch rests that many times as long as a look at all streams took
LONGEST_REST = 1.0
LONGEST_PAUSE = 8.0  # seconds between two tries while the database is away


@dataclass
class Push:
    """Three doors, each with a key of its own: streams by ticket, `/dovecot`, `/porte`.

    `over(keys)` says which of these sessions have ended; `count()` moves whenever one may have.

    `door(question)` answers what Dovecot asks about a sign-in of a mail program: seconds to wait.
    """

    ticket_key: str
    notify_key: str
    throttle_key: str
    origins: Collection[str]
    count: Callable[[], int]
    over: Callable[[set[str]], set[str]]
    door: Callable[[bytes], int] = lambda _: 0
    hub: Hub = field(default_factory=Hub)
    asked: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        match scope["method"], scope["path"]:
            case "POST", "/dovecot":
                await self._notified(scope, receive, send)
            case "POST", "/porte":
                await self._asked(scope, receive, send)
            case "GET", "/flux":
                await self._stream(scope, receive, send)
            case "GET", "/sante":
                await _answer(send, 200, json.dumps({"status": "ok", "streams": len(self.hub)}).encode())
            case _:
                await _answer(send, 404)

    async def watch(self, every: float = 0.5) -> None:
        """Close the streams of sessions that are over, whenever the revocation counter has moved.

        A failed look is tried again, less and less often up to LONGEST_PAUSE: nobody else would end them.
        """
        seen, failures, pause = self.count(), 0, every
        while True:
            await asyncio.sleep(pause)
            try:
                now = self.count()
                if now == seen:
                    continue
                began = time.monotonic()
                await self._end_streams()
                seen, failures = now, 0
                pause = max(every, min((time.monotonic() - began) * IDLE_SHARE, LONGEST_REST))
            except Exception:
                pause = min(every * 2**failures, LONGEST_PAUSE)
                failures += 1
                log.exception("streams not compared with the sessions; again in %g s", pause)

    async def _end_streams(self) -> None:
        """Ask about the sessions some at a time, each answer acted on at once."""
        sessions = sorted(self.hub.sessions())
        for start in range(0, len(sessions), ASKED_TOGETHER):
            some = set(sessions[start : start + ASKED_TOGETHER])
            if ended := await asyncio.to_thread(self.over, some):
                self.hub.end(ended)

    async def _notified(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _has_key(scope, self.notify_key):
            await _answer(send, 403)
            return
        self.hub.tell(changes(await _body(receive)))
        await _answer(send, 204)

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Dovecot waits for this answer: past a few questions at once it is « go on »."""
        if not _has_key(scope, self.throttle_key):
            await _answer(send, 403)
            return
        question = await _body(receive)
        if self.asked >= ASKED_AT_ONCE:
            await _answer(send, 200, b"0")
            return
        self.asked += 1
        try:
            wait = await asyncio.to_thread(self.door, question)
        finally:
            self.asked -= 1
        await _answer(send, 200, str(wait).encode())

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("t", [""])[0]
        ticket = tickets.read(self.ticket_key, given, now=time.time(), life=TICKET_LIFE)
        if ticket is None or await self._is_over(ticket.session_key):
            await _answer(send, 403, headers=self._cors(scope))
            return
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            *self._cors(scope),
        ]
        stream = self.hub.join(ticket)
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send(
                {"type": "http.response.body", "body": b"retry: 2000\n: bonjour\n\n", "more_body": True}
            )
            while not gone.done():
                waited = asyncio.ensure_future(stream.queue.get())
                await asyncio.wait({waited, gone}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                text = waited.result() if waited.done() else b":\n\n"
                waited.cancel()
                if text is None or gone.done():
                    break
                await send({"type": "http.response.body", "body": text, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self.hub.leave(stream)

    async def _is_over(self, session_key: str) -> bool:
        return session_key in await asyncio.to_thread(self.over, {session_key})

    def _cors(self, scope: Scope) -> Headers:
        origin = _header(scope, b"origin")
        if origin.decode("latin-1") not in self.origins:
            return []
        return [(b"access-control-allow-origin", origin), (b"vary", b"origin")]


async def _body(receive: Receive) -> bytes:
    body = b""
    while len(body) <= LARGEST:
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
