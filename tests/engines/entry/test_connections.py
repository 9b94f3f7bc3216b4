"""Who comes while a machine dies: real HAProxy, a server that answers no SYN, and one that greets."""

import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.engines import live
from tests.engines.deaf import deaf
from tests.engines.live import wait_until
from tests.own_network import free_port

from vaguemestre.engines.cluster.configuration import let_go_text
from vaguemestre.engines.cluster.members import Member
from vaguemestre.engines.entry.configuration import Door, Entrance, routes_text

GREETING = b"220 mail\r\n"
CLIENTS = 6  # half of them are led to the server that dies
ENOUGH_SECONDS = 30


@dataclass
class OpenDoor:
    """A port of HAProxy, and who came to it."""

    port: int
    clients: list[socket.socket]

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=ENOUGH_SECONDS)
        self.clients.append(client)
        return client


@contextlib.contextmanager
def greeting(address: str, port: int) -> Iterator[socket.socket]:
    """A server that greets, and then says nothing."""
    held: list[socket.socket] = []

    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                client, _ = server.accept()
                held.append(client)
                with contextlib.suppress(OSError):
                    client.sendall(GREETING)

    with socket.create_server((address, port)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield server
        with contextlib.suppress(OSError):  # ended by the test
            server.shutdown(socket.SHUT_RDWR)
    for client in held:
        client.close()


@contextlib.contextmanager
def entry(folder: Path, port: int, *servers: Member) -> Iterator[OpenDoor]:
    script, file, outside = folder / "let-go.lua", folder / "haproxy.cfg", free_port()
    script.write_text(let_go_text(), encoding="utf-8")
    door = Door("mx", outside, port, servers, greeting="220")
    entrance = replace(Entrance(("127.0.0.9",), (), (door,), "site", free_port()), let_go=script)
    file.write_text(
        routes_text(entrance).replace("    user haproxy\n    group haproxy\n", ""), encoding="utf-8"
    )
    haproxy = subprocess.Popen(["haproxy", "-f", str(file)], start_new_session=True)
    opened = OpenDoor(outside, [])
    try:
        wait_until(lambda: not live.is_free(outside))
        yield opened
    finally:
        haproxy.terminate()
        haproxy.wait(30)
        for client in opened.clients:
            client.close()


@pytest.mark.heavy
def test_whoever_was_being_led_to_a_machine_that_is_found_dead_is_led_to_another(tmp_path: Path) -> None:
    """HAProxy 3.0 holds for ever whom « on-marked-down shutdown-sessions » meets while it still connects."""
    port = free_port()
    with (
        deaf("127.0.0.2", port),
        greeting("127.0.0.3", port),
        entry(tmp_path, port, Member("w1", "127.0.0.2"), Member("w2", "127.0.0.3")) as door,
    ):
        clients = [door.connect() for _ in range(CLIENTS)]
        assert [client.recv(100) for client in clients] == [GREETING] * CLIENTS


@pytest.mark.heavy
def test_whoever_waits_on_a_machine_that_is_found_dead_is_let_go(tmp_path: Path) -> None:
    port = free_port()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(greeting("127.0.0.3", port))
        door = stack.enter_context(entry(tmp_path, port, Member("w1", "127.0.0.3")))
        client = door.connect()
        assert client.recv(100) == GREETING
        server.shutdown(socket.SHUT_RDWR)  # its checks fail from here on; who is connected is not told
        assert client.recv(100) == b""
