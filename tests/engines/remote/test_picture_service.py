"""Pictures are fetched in turns: a tarpit, or one reader of many pictures, keeps nobody else waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Event, Lock
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.remote.picture_service import AT_ONCE, AT_ONCE_OF_ZONE, PictureService
from vaguemestre.mailbox.webmail.ports import PictureRefused
from vaguemestre.mailbox.webmail.rules.rendering.picture_path import (
    PREFIX,
    PictureRequest,
    parse_path,
    picture_path,
)
from vaguemestre.mailbox.webmail.values import Picture

PNG = Picture(b"\x89PNG\r\n\x1a\n", "image/png")


class Fetch:
    """Hangs on hosts of the tarpit until let go; counts how many hang together."""

    def __init__(self) -> None:
        self.go, self.hung, self.most = Event(), 0, 0
        self._lock = Lock()

    def __call__(self, address: str) -> Picture:
        if "tarpit" in address:
            with self._lock:
                self.hung += 1
                self.most = max(self.most, self.hung)
            self.go.wait(60)
            with self._lock:
                self.hung -= 1
            raise PictureRefused("webmail.picture-too-slow")
        if "private" in address:
            raise PictureRefused("webmail.picture-private-address")
        return PNG


async def ask(service: PictureService, path: str) -> tuple[int, dict[str, str], bytes]:
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    await service({"type": "http", "method": "GET", "path": path}, receive, send)
    return (
        said[0]["status"],
        {name.decode(): value.decode() for name, value in said[0]["headers"]},
        said[1]["body"],
    )


def run(test: Callable[[Fetch], Awaitable[None]]) -> None:
    fetch = Fetch()

    async def whole() -> None:
        try:
            await test(fetch)
        finally:
            fetch.go.set()

    asyncio.run(asyncio.wait_for(whole(), 60))


async def hangs(fetch: Fetch, count: int) -> None:
    while fetch.hung < count:
        await asyncio.sleep(0.01)


def test_a_picture_comes_with_its_wall() -> None:
    async def test(fetch: Fetch) -> None:
        status, headers, body = await ask(
            PictureService(fetch), picture_path(7, "http://site.example/à.png?x=1")
        )
        assert (status, body) == (200, PNG.content)
        assert headers["content-type"] == "image/png"
        assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"

    run(test)


@pytest.mark.parametrize(
    "path", [picture_path(7, "http://private.example/"), f"{PREFIX}7/%%%", f"{PREFIX}7", f"{PREFIX}7/_w"]
)
def test_what_is_not_fetched_is_an_empty_place(path: str) -> None:
    async def test(fetch: Fetch) -> None:
        status, headers, body = await ask(PictureService(fetch), path)
        assert (status, headers["content-type"]) == (404, "image/svg+xml")
        assert b"<svg" in body

    run(test)


def test_nothing_else_is_answered() -> None:
    async def test(fetch: Fetch) -> None:
        assert (await ask(PictureService(fetch), "/"))[0] == 404
        assert (await ask(PictureService(fetch), "/sante"))[0] == 200

    run(test)


def test_a_host_that_never_answers_keeps_no_other_waiting() -> None:
    async def test(fetch: Fetch) -> None:
        service = PictureService(fetch)
        letters = [
            asyncio.ensure_future(ask(service, picture_path(reader, f"http://tarpit.example/{n}")))
            for reader in range(10)
            for n in range(60)
        ]
        await hangs(fetch, AT_ONCE_OF_ZONE)
        status, _, _ = await ask(service, picture_path(77, "http://site.example/x.png"))
        assert status == 200
        assert fetch.most == AT_ONCE_OF_ZONE
        for letter in letters:
            letter.cancel()

    run(test)


def test_names_below_one_zone_share_its_turns() -> None:
    async def test(fetch: Fetch) -> None:
        service = PictureService(fetch)
        letters = [
            asyncio.ensure_future(ask(service, picture_path(reader, f"http://n{reader}-{n}.tarpit.example/")))
            for reader in range(10)
            for n in range(6)
        ]
        await hangs(fetch, AT_ONCE_OF_ZONE)
        for address in ("http://site.example/x.png", "http://192.0.2.7/x.png", "http://[2001:db8::7]/x.png"):
            assert (await ask(service, picture_path(77, address)))[0] == 200
        assert fetch.most == AT_ONCE_OF_ZONE
        for letter in letters:
            letter.cancel()

    run(test)


def test_a_reader_of_many_hosts_keeps_no_other_waiting() -> None:
    async def test(fetch: Fetch) -> None:
        service = PictureService(fetch)
        letter = [
            asyncio.ensure_future(ask(service, picture_path(1, f"http://tarpit{n}.example/")))
            for n in range(3 * AT_ONCE)
        ]
        await hangs(fetch, 8)
        assert (await ask(service, picture_path(2, "http://site.example/x.png")))[0] == 200
        assert fetch.most < AT_ONCE
        for picture in letter:
            picture.cancel()

    run(test)


def test_a_turn_that_does_not_come_is_given_up_and_gives_back_its_share() -> None:
    async def test(fetch: Fetch) -> None:
        service = PictureService(fetch, patience=0.05)
        letters = [
            asyncio.ensure_future(ask(service, picture_path(n, "http://tarpit.example/")))
            for n in range(AT_ONCE_OF_ZONE)
        ]
        await hangs(fetch, AT_ONCE_OF_ZONE)
        assert (await ask(service, picture_path(99, "http://tarpit.example/")))[0] == 404
        fetch.go.set()
        await asyncio.gather(*letters)
        assert (await ask(service, picture_path(99, "http://site.example/")))[0] == 200

    run(test)


@given(st.integers(min_value=1), st.text(min_size=1))
def test_a_place_says_what_was_asked(reader: int, address: str) -> None:
    place = picture_path(reader, address)
    assert place.isascii()
    assert not set(place) & set("?#% \r\n")
    assert parse_path(place) == PictureRequest(str(reader), address.encode("utf-8", "replace").decode())
