"""Remote pictures fetched outside the pages' threads: an asynchronous application that the front asks (ASGI).

The page checks who signed the address and hands it over to the front, which asks here; see
`webmail.rules.rendering.picture_place`.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from vaguemestre.foundation.kernel.file_policy import FILE_POLICY
from vaguemestre.mailbox.webmail.ports import FetchPicture, PictureRefused
from vaguemestre.mailbox.webmail.rules.rendering.frames import PICTURE_PLACEHOLDER
from vaguemestre.mailbox.webmail.rules.rendering.picture_path import PREFIX, PictureRequest, parse_path
from vaguemestre.mailbox.webmail.values import Picture

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

AT_ONCE = 32  # fetches together, a thread each
AT_ONCE_OF_READER = 8
AT_ONCE_OF_HOST = 8
MAX_WAITING = 1_000
PATIENCE_SECONDS = 15.0  # for a turn; a fetch has its own limit


class PictureService:
    """Serves pictures; readers and hosts have a share each, so that a tarpit keeps nobody else waiting."""

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
        wanted = parse_path(path)
        try:
            picture = await self._fetched(wanted) if wanted else None
        except (PictureRefused, TimeoutError):
            picture = None
        if picture is None:  # browsers draw what an error answers: the place of a picture, not a broken page
            await _answer(send, 404, PICTURE_PLACEHOLDER.encode(), "image/svg+xml")
        else:
            await _answer(send, 200, picture.content, picture.kind)

    async def _fetched(self, wanted: PictureRequest) -> Picture:
        """Raises PictureRefused, TimeoutError when no turn came."""
        if self._waiting >= MAX_WAITING:
            raise TimeoutError
        mine = self._share(f"reader:{wanted.reader}", AT_ONCE_OF_READER)
        host = self._share(f"host:{_host(wanted.address)}", AT_ONCE_OF_HOST)
        held: list[asyncio.Semaphore] = []
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                for turn in (mine, host, self._turns):
                    await turn.acquire()
                    held.append(turn)
        except TimeoutError:
            _release(held)
            raise
        finally:
            self._waiting -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, self._fetch, wanted.address
            )
        finally:
            _release(held)

    def _share(self, key: str, most: int) -> asyncio.Semaphore:
        share = self._shares.get(key)
        if share is None:
            share = self._shares[key] = asyncio.Semaphore(most)
        return share


def _release(held: list[asyncio.Semaphore]) -> None:
    for turn in held:
        turn.release()


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


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
