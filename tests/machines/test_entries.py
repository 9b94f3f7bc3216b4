"""Two entries made by bin/install: the address of the installation passes from one to the other."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.engines.entry.receivers import Receivers
from tests.machines import academy
from tests.machines.cluster_file import ClusterFile, Node
from tests.machines.machine import Machine

from vaguemestre.site.config import PROJECT, Ports

pytestmark = [pytest.mark.machines, pytest.mark.timeout(3600)]

HERE = "10.78.0.1"  # this host, on the bridge: it stands for the machine behind the entries
SHARED = "10.78.0.45"
NODES = {"e1": "10.78.0.46", "e2": "10.78.0.47"}
FILE = ClusterFile(
    (
        Node("m1", HERE, ("web", "proxy", "pod", "mx")),
        *(Node(name, address, ("entry",)) for name, address in NODES.items()),
    ),
    entry=SHARED,
    database="10.78.0.9",
    tls="",
)
WITHIN_SECONDS = 60
ROUTES = "/etc/haproxy/haproxy.cfg"


@dataclass
class Entries:
    machines: dict[str, Machine]

    def carriers(self) -> list[str]:
        """The names of those that have the shared address."""
        return [
            name
            for name, machine in self.machines.items()
            if machine.pid and f" {SHARED}/" in machine.run("ip", "-4", "-o", "address").stdout
        ]

    def other(self, name: str) -> str:
        return next(one for one in self.machines if one != name)


def comes(holds: Callable[[], Any]) -> Any:
    """Its answer, once it is true; the test fails after a while."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not (answer := holds()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)
    return answer


def greeting() -> str:
    """What a client of this host gets at the shared address; empty while nobody answers."""
    try:
        with socket.create_connection((SHARED, 25), timeout=2) as client:
            return client.recv(200).decode().strip()
    except OSError:
        return ""


@pytest.fixture(scope="module")
def entries() -> Iterator[Entries]:
    machines = {name: Machine(name, address) for name, address in NODES.items()}
    server = None
    try:
        for name, machine in machines.items():
            machine.destroy()
            machine.boot()
            machine.bring(PROJECT, academy.SOURCES, academy.LEFT_OUT)
            machine.must("tee", academy.SETTINGS, text=FILE.text)
            machine.must(*academy.INSTALL, "--node", name)
        port = Ports.counted_from(8000, usual=True).entry_mx
        server = Receivers(HERE, port)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Entries(machines)
    finally:
        if server:
            server.shutdown()
            server.server_close()
        for machine in machines.values():
            machine.destroy()


def test_one_of_them_carries_the_address_and_tells_who_comes(entries: Entries) -> None:
    assert comes(greeting) == f"220 {HERE}"
    assert len(entries.carriers()) == 1


def test_an_entry_made_again_has_nothing_to_change(entries: Entries) -> None:
    for name, machine in entries.machines.items():
        assert "Rien à changer." in machine.must(*academy.INSTALL, "--node", name)


def test_an_entry_holds_no_key(entries: Entries) -> None:
    for machine in entries.machines.values():
        assert machine.run("ls", "/var/lib/vaguemestre/secrets").returncode != 0
        assert machine.run("ls", "/var/lib/vaguemestre/cluster").returncode != 0


def test_an_entry_whose_port_is_taken_fails_says_so_and_serves_as_before(entries: Entries) -> None:
    machine = entries.machines["e2"]
    whole = machine.must("cat", ROUTES)
    elsewhere = whole.replace("bind :25\n", "bind :2525\n").replace("bind :::25 ", "bind :::2525 ")
    assert elsewhere.count("2525") == 2
    machine.must("tee", ROUTES, text=elsewhere)
    machine.must("systemctl", "restart", "haproxy")
    machine.must("systemd-run", "--quiet", "--unit=other-mx", "/usr/bin/python3", "-m", "http.server", "25")
    comes(lambda: ":25 " in machine.run("ss", "-ltn").stdout)
    ended = machine.run(*academy.INSTALL, "--node", "e2")
    assert ended.returncode != 0
    assert "un autre programme tient ce port" in ended.stderr
    assert ":25]" in ended.stderr
    machine.must("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/993")
    assert machine.must("systemctl", "is-active", "haproxy").strip() == "active"
    assert "HAProxy : le chemin vers les machines qui répondent : à faire" in machine.must(
        *academy.INSTALL, "--node", "e2", "--dry-run"
    )
    machine.must("systemctl", "stop", "other-mx")
    machine.must(*academy.INSTALL, "--node", "e2")
    assert machine.must("cat", ROUTES) == whole
    assert "Rien à changer." in machine.must(*academy.INSTALL, "--node", "e2")


def test_the_other_carries_it_when_the_power_of_one_is_cut_and_keeps_it_then(entries: Entries) -> None:
    (first,) = comes(entries.carriers)
    second = entries.other(first)
    entries.machines[first].cut()
    assert comes(greeting) == f"220 {HERE}"
    assert entries.carriers() == [second]
    entries.machines[first].boot()
    comes(lambda: entries.machines[first].run("systemctl", "is-active", "keepalived").returncode == 0)
    time.sleep(5)  # longer than it would wait for the other's word
    assert entries.carriers() == [second]


def test_the_other_carries_it_when_haproxy_of_one_answers_no_more(entries: Entries) -> None:
    (first,) = comes(entries.carriers)
    entries.machines[first].must("systemctl", "stop", "haproxy")
    comes(lambda: entries.carriers() == [entries.other(first)])
    assert comes(greeting) == f"220 {HERE}"
    entries.machines[first].must("systemctl", "start", "haproxy")
