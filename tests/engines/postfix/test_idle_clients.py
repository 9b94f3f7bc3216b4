"""Clients that say nothing: an honest letter is taken beside five hundred of them."""

import selectors
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from tests.engines.live import LiveEngines, letter, wait_until

pytestmark = pytest.mark.engines

COUNT = 500


@contextmanager
def idle_clients(port: int, count: int) -> Iterator[None]:
    """Connections that were greeted and never answer, from as many addresses."""
    with ExitStack() as stack, selectors.DefaultSelector() as greeted:
        for number in range(count):
            peer = stack.enter_context(socket.socket())
            peer.bind((f"127.0.{1 + number // 250}.{1 + number % 250}", 0))
            peer.settimeout(20)
            peer.connect(("127.0.0.1", port))
            greeted.register(peer, selectors.EVENT_READ)

        def all_greeted() -> bool:
            for key, _ in greeted.select(0.5):
                assert isinstance(key.fileobj, socket.socket)
                assert key.fileobj.recv(100).startswith(b"220")
                greeted.unregister(key.fileobj)
            return not greeted.get_map()

        wait_until(all_greeted, 120)
        yield


def test_an_honest_letter_is_taken_beside_idle_clients(engines: LiveEngines) -> None:
    marie = engines.someone()
    with idle_clients(engines.config.ports.mx, COUNT):
        engines.arrive(marie.address, letter("jean@dehors.example", marie.address, "honnête"))
        assert engines.found(marie, "honn")
