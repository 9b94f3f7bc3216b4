"""Names are asked of a real name server; one that says nothing holds nobody but who asked."""

import asyncio
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.engines.remote.name_server import Server, name_server
from tests.processor import loaded

from vaguemestre.engines.remote.host_addresses import HostAddresses
from vaguemestre.engines.remote.picture_service import AT_ONCE, PictureService
from vaguemestre.engines.remote.pictures import Limits, PictureFetcher
from vaguemestre.mailbox.webmail.ports import PictureRefused
from vaguemestre.mailbox.webmail.rules.rendering.picture_path import picture_path

ZONE = {
    ("site.example.", "A"): ["192.0.2.7", "192.0.2.8"],
    ("six.example.", "AAAA"): ["2001:db8::7"],
    ("xn--caf-dma.example.", "A"): ["192.0.2.9"],
    ("texte.example.", "TXT"): ['"rien"'],
}


@pytest.fixture
def server() -> Iterator[Server]:
    with name_server(ZONE) as server:
        yield server


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("site.example", ["192.0.2.7", "192.0.2.8"]),
        ("six.example", ["2001:db8::7"]),
        ("café.example", ["192.0.2.9"]),
        ("texte.example", []),
        ("nulle-part.example", []),
        ("a..example", []),
        ("a" * 64 + ".example", []),
        ("192.0.2.1", ["192.0.2.1"]),
        ("2001:db8::1", ["2001:db8::1"]),
        ("2130706433", []),
        ("0x7f.1", []),
    ],
)
def test_a_host_has_the_addresses_that_its_zone_says(server: Server, host: str, addresses: list[str]) -> None:
    assert sorted(HostAddresses(server)(host, 5.0)) == addresses


def test_a_name_that_nobody_answers_for_is_left_in_time(server: Server) -> None:
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        HostAddresses(server)("slow.example", 0.3)
    assert time.monotonic() - start < 30
    with pytest.raises(PictureRefused):
        PictureFetcher(Limits(seconds=0.3), resolve=HostAddresses(server))("http://slow.example/x")


def test_where_no_name_server_is_a_host_has_no_address() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    with pytest.raises(TimeoutError):
        HostAddresses(address)("site.example", 0.3)


@pytest.mark.heavy
def test_names_that_wait_hold_no_lookup_of_others(server: Server) -> None:
    """Three readers of a letter of 120 such names stopped everybody's pictures."""
    limits = Limits(seconds=0.5, at_once=AT_ONCE)
    fetch = PictureFetcher(limits, resolve=HostAddresses(server), is_allowed=lambda _: False)
    with ThreadPoolExecutor(24) as readers:
        slow = [readers.submit(_refusal, fetch, f"http://slow{n}.example/x.png") for n in range(120)]
        while not any(answer.done() for answer in slow):
            assert _refusal(fetch, "http://site.example/x.png") == "webmail.picture-private-address"
        # all that is left waits behind the threads of those readers, and nowhere else
        assert _refusal(fetch, "http://site.example/x.png") == "webmail.picture-private-address"
        assert {answer.result() for answer in slow} == {"webmail.picture-unreachable"}


def _refusal(fetch: PictureFetcher, address: str) -> str:
    with pytest.raises(PictureRefused) as refused:
        fetch(address)
    return refused.value.code


def test_a_reader_of_waiting_names_keeps_no_other_waiting(server: Server) -> None:
    limits = Limits(seconds=0.5, at_once=AT_ONCE)
    fetch = PictureFetcher(limits, resolve=HostAddresses(server), is_allowed=lambda _: False)
    service = PictureService(fetch)

    async def whole() -> float:
        letter = [
            asyncio.ensure_future(_asked(service, picture_path(1, f"http://slow{n}.zone{n}.example/")))
            for n in range(2 * AT_ONCE)
        ]
        await asyncio.wait(letter, return_when=asyncio.FIRST_COMPLETED)
        start = time.monotonic()
        await _asked(service, picture_path(2, "http://site.example/x.png"))
        took = time.monotonic() - start
        for picture in letter:
            picture.cancel()
        return took

    assert asyncio.run(whole()) < loaded(0.45)


async def _asked(service: PictureService, path: str) -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: object) -> None:
        return

    await service({"type": "http", "method": "GET", "path": path}, receive, send)
