"""Dovecot and Postfix behind HAProxy: they see who comes, and HAProxy sees who answers."""

import contextlib
import csv
import smtplib
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from tests.engines import live
from tests.engines.frozen import standing_still
from tests.engines.live import LiveEngines, wait_until
from tests.own_network import free_port

from vaguemestre.engines.cluster.configuration import let_go_text
from vaguemestre.engines.entry.configuration import Entrance, routes_text
from vaguemestre.engines.tls import certificates
from vaguemestre.processes.production.nodes.entry_machine import entrance_of
from vaguemestre.site.config import NetworkSection
from vaguemestre.site.config.topology import MAIL_DUTIES, NodeSection, Topology

pytestmark = pytest.mark.engines

# HAProxy comes from 127.0.0.1, as a machine of "entry"; the engines are a machine of their own.
TOPOLOGY = Topology((NodeSection("e1", "127.0.0.1", ("entry",)), NodeSection("m1", "127.0.0.2", MAIL_DUTIES)))
CLIENT = "127.0.0.77"
STATISTICS = """
frontend statistics
    mode http
    bind 127.0.0.1:{port}
    stats enable
    stats uri /stats
"""


@dataclass
class Behind:
    """Engines, and the ports of HAProxy in front of them by the name of their door."""

    engines: LiveEngines
    ports: dict[str, int]
    statistics: int

    def states(self) -> dict[str, str]:
        """UP or DOWN of the machine behind each door."""
        address = f"http://127.0.0.1:{self.statistics}/stats;csv"
        with urllib.request.urlopen(address, timeout=60) as answer:
            text = answer.read().decode()
        rows = csv.DictReader(text.removeprefix("# ").splitlines())
        return {row["pxname"]: row["status"] for row in rows if row["svname"] == "m1"}

    def wait_until_up(self, *doors: str) -> None:
        wait_until(lambda: all(self.states().get(door) == "UP" for door in doors))

    def log(self, name: str) -> str:
        return (self.engines.config.logs_dir / f"{name}.log").read_text(encoding="utf-8", errors="replace")


def _elsewhere(entrance: Entrance) -> Entrance:
    """The same doors on free ports: pages have no front here."""
    doors = (door for door in entrance.doors if door.name not in ("pages", "plain"))
    moved = tuple(door._replace(port=free_port()) for door in doors)
    return replace(entrance, doors=moved, alive_port=free_port())


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    first = live.make()
    network = NetworkSection(entry=("127.0.0.9",))
    engines = LiveEngines(replace(first.config, topology=TOPOLOGY, network=network))
    (engines.config.home / "node").write_text("m1\n", encoding="utf-8")
    entrance, statistics = _elsewhere(entrance_of(engines.config)), free_port()
    file = tmp_path_factory.mktemp("entry") / "haproxy.cfg"
    script = file.with_name("let-go.lua")
    script.write_text(let_go_text(), encoding="utf-8")
    text = routes_text(replace(entrance, let_go=script)).replace("    user haproxy\n    group haproxy\n", "")
    file.write_text(text + STATISTICS.format(port=statistics), encoding="utf-8")
    haproxy = None
    try:
        engines.start()
        haproxy = subprocess.Popen(["haproxy", "-f", str(file)], start_new_session=True)
        wait_until(lambda: not live.is_free(statistics))
        yield Behind(engines, {door.name: door.port for door in entrance.doors}, statistics)
    finally:
        if haproxy:
            haproxy.terminate()
            haproxy.wait(30)
        engines.stop()
        live.remove(engines)


@contextlib.contextmanager
def _mail_program(behind: Behind) -> Iterator[ssl.SSLSocket]:
    """A connection to the door of IMAP, greeted."""
    plain = socket.create_connection(("127.0.0.1", behind.ports["imaps"]), 90, source_address=(CLIENT, 0))
    context = ssl.create_default_context(cafile=str(certificates.paths(behind.engines.config).ca))
    context.check_hostname = False
    with context.wrap_socket(plain) as client:
        assert b"OK" in client.recv(4096)
        yield client


@pytest.mark.heavy
def test_haproxy_finds_every_door_open(behind: Behind) -> None:
    behind.wait_until_up("imaps", "sieve", "submission", "submissions", "mx")


@pytest.mark.heavy
def test_dovecot_knows_the_address_of_whoever_signs_in_behind_an_entry(behind: Behind) -> None:
    behind.wait_until_up("imaps")
    person = behind.engines.someone()
    with _mail_program(behind) as client:
        client.sendall(f'a LOGIN "{person.mailbox}" "{person.password}"\r\n'.encode())
        assert b"a OK" in client.recv(4096)
    wait_until(lambda: f"rip={CLIENT}," in behind.log("dovecot"))


def test_postfix_knows_the_address_of_whoever_brings_mail_behind_an_entry(behind: Behind) -> None:
    behind.wait_until_up("mx")
    person = behind.engines.someone()
    with smtplib.SMTP("127.0.0.1", behind.ports["mx"], timeout=60, source_address=(CLIENT, 0)) as client:
        client.send_message(
            live.letter("a@b.example", person.address, "Par l’entrée"), "a@b.example", [person.address]
        )
    (content,) = behind.engines.found(person, "entr")
    assert f"[{CLIENT}]".encode() in content


@pytest.mark.heavy
def test_a_machine_that_no_longer_greets_gets_nobody(behind: Behind) -> None:
    behind.wait_until_up("imaps", "mx")
    behind.engines.end("dovecot")
    wait_until(lambda: behind.states()["imaps"].startswith("DOWN"))
    assert behind.states()["mx"] == "UP"
    behind.engines.start_dovecot()
    behind.wait_until_up("imaps")


@pytest.mark.heavy
def test_whoever_waits_on_a_machine_that_stands_still_is_let_go(behind: Behind) -> None:
    """Its kernel goes on answering keepalives: a mail program would wait until somebody mends it."""
    behind.wait_until_up("imaps")
    with _mail_program(behind) as client, standing_still(behind.engines.children["dovecot"].pid):
        client.sendall(b"a CAPABILITY\r\n")
        with contextlib.suppress(ConnectionError, ssl.SSLError):  # the end of a connection, however it comes
            assert client.recv(4096) == b""
    behind.wait_until_up("imaps")
