"""Remote pictures fetched outside the web workers: an ASGI application behind the front.

The page checks the signature of the URL and hands the request over to the front, which forwards it here; see
`webmail.rules.rendering.picture_path`.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from vaguemestre.foundation.kernel.file_policy import FILE_POLICY
from vaguemestre.mailbox.webmail.ports import FetchPicture, PictureRefused
from vaguemestre.mailbox.webmail.rules.rendering.html.frames import PICTURE_PLACEHOLDER
from vaguemestre.mailbox.webmail.rules.rendering.picture_path import PREFIX, PictureRequest, parse_path
from vaguemestre.mailbox.webmail.values import Picture

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

AT_ONCE = 32  # fetches together, a thread each
AT_ONCE_OF_READER = 8
AT_ONCE_OF_ZONE = 8  # all names below one: whoever owns it makes as many as they like
MAX_WAITING = 1_000
PATIENCE_SECONDS = 15.0  # for a turn; a fetch has its own limit


class PictureService:
    """Serves pictures. Each reader and each zone has a limit, so that a tarpit does not delay others."""

    def __init__(self, fetch: FetchPicture, *, patience: float = PATIENCE_SECONDS) -> None:
        self._fetch = fetch
        self._patience = patience
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="picture")
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._shares: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http" and scope["path"] == "/sante":
            await _answer(send, 200, b"ok", "text/plain")
        elif scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._serve(scope["path"], send)
        elif scope["type"] == "http":
            await _answer(send, 404, b"", "text/plain")

    async def _serve(self, path: str, send: Send) -> None:
        request = parse_path(path)
        try:
            picture = await self._fetched(request) if request else None
        except (PictureRefused, TimeoutError):
            picture = None
        if picture is None:  # browsers draw the body of an error: a placeholder rather than a broken image
            await _answer(send, 404, PICTURE_PLACEHOLDER.encode(), "image/svg+xml")
        else:
            await _answer(send, 200, picture.content, picture.kind)

    async def _fetched(self, request: PictureRequest) -> Picture:
        """Raises PictureRefused, TimeoutError when no turn came."""
        if self._waiting >= MAX_WAITING:
            raise TimeoutError
        reader = self._share(f"reader:{request.reader}", AT_ONCE_OF_READER)
        zone = self._share(f"zone:{_zone(request.address)}", AT_ONCE_OF_ZONE)
        acquired: list[asyncio.Semaphore] = []
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                for turn in (reader, zone, self._turns):
                    await turn.acquire()
                    acquired.append(turn)
        except TimeoutError:
            _release(acquired)
            raise
        finally:
            self._waiting -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, self._fetch, request.address
            )
        finally:
            _release(acquired)

    def _share(self, key: str, most: int) -> asyncio.Semaphore:
        share = self._shares.get(key)
        if share is None:
            share = self._shares[key] = asyncio.Semaphore(most)
        return share


def _release(acquired: list[asyncio.Semaphore]) -> None:
    for turn in acquired:
        turn.release()


def _zone(address: str) -> str:
    """The last two labels of the host; all of a numeric one."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""
    labels = host.split(".")
    return host if ":" in host or labels[-1].isdecimal() else ".".join(labels[-2:])


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _answer(send: Send, status: int, body: bytes, kind: str) -> None:
    headers = {
        "content-type": kind,
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "content-security-policy": FILE_POLICY,
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
    }
    head = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
