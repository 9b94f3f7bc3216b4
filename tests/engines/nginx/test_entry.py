"""Pages behind an entry: it says who comes, and is believed; whoever else says so is not."""

import datetime as dt
import http.client
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.engines import live
from tests.engines.nginx.front import Front, Pool
from tests.engines.test_certificates_by_name import EndsTls
from tests.own_network import NETWORK, free_port

from vaguemestre.engines.cluster import configuration
from vaguemestre.engines.cluster.members import Member
from vaguemestre.engines.entry.configuration import Door, Entrance, routes_text
from vaguemestre.engines.home_alias import remove_alias
from vaguemestre.engines.nginx import configuration as nginx
from vaguemestre.engines.tls import certificates
from vaguemestre.site.config import NetworkSection
from vaguemestre.site.config.topology import MAIL_DUTIES, NodeSection, Topology

pytestmark = [pytest.mark.engines, pytest.mark.no_database]

ADDRESS, ENTRY, STRANGER, CLIENT = (*(f"{NETWORK}.{number}" for number in (81, 82, 83)), "192.0.2.77")
TOPOLOGY = Topology((NodeSection("e1", ENTRY, ("entry",)), NodeSection("m1", ADDRESS, MAIL_DUTIES)))


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    home = Path(tempfile.mkdtemp(prefix="vm-front-"))
    home.chmod(0o755)
    (home / "node").write_text("m1\n", encoding="utf-8")
    network = NetworkSection(addresses=(ADDRESS,), entry=("192.0.2.10",))
    config = EndsTls(home=home, port_base=live.free_port_base(), network=network, topology=TOPOLOGY)
    certificates.make_missing(config, now=dt.datetime.now(dt.UTC))
    front = Front(config, ADDRESS)
    try:
        yield front
    finally:
        front.stop()
        remove_alias(config)
        shutil.rmtree(home, ignore_errors=True)


def page(front: Front, source: str, said: str) -> str:
    """What the pool of pages was told, when that address says who comes and asks for a page."""
    place = (ADDRESS, front.config.ports.entry_pages)
    plain = socket.create_connection(place, timeout=20, source_address=(source, 0))
    plain.sendall(f"PROXY TCP4 {said} {ADDRESS} 40000 443\r\n".encode())
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(plain) as client:
        client.sendall(b"GET /messagerie/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65_536), b""))
    return answer.decode()


def test_pages_know_who_comes_by_an_entry(front: Front) -> None:
    assert f'"x-forwarded-for": "{CLIENT}"' in page(front, ENTRY, CLIENT)


def test_a_machine_that_is_no_entry_is_itself_whatever_it_says(front: Front) -> None:
    assert f'"x-forwarded-for": "{STRANGER}"' in page(front, STRANGER, CLIENT)


@dataclass(frozen=True)
class Before:
    """HAProxy of an entry in front of that machine: its door of pages, and where it says whom it reaches."""

    door: int
    alive: int

    def reaches_it(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.alive, timeout=5)
        try:
            connection.request("GET", "/alive")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def page(self, path: str) -> str:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("localhost", self.door, timeout=20, context=context)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def before(front: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Before]:
    before = Before(free_port(), free_port())
    servers = (Member("m1", ADDRESS),)
    doors = (Door("pages", before.door, front.config.ports.entry_pages, servers, is_pages=True),)
    script = Path(configuration.__file__).with_name("let_go.lua")
    file = tmp_path_factory.mktemp("entry") / "haproxy.cfg"
    file.write_text(routes_text(Entrance((), (), doors, "localhost", before.alive, script)), encoding="utf-8")
    with subprocess.Popen(["haproxy", "-db", "-f", str(file)], stderr=subprocess.DEVNULL) as haproxy:
        try:
            live.wait_until(before.reaches_it)
            yield before
        finally:
            haproxy.terminate()


@pytest.mark.parametrize("pool", ["web", "reading", "door"])
def test_a_machine_with_a_pool_that_stands_still_gets_nobody(front: Front, before: Before, pool: str) -> None:
    """The others answer: a person's pages, what they read, or the sign-in would wait until it is mended."""
    with front.pools[pool].standing_still():
        live.wait_until(lambda: not before.reaches_it())
    live.wait_until(before.reaches_it)


def test_a_page_is_asked_for_when_no_machine_is_in_time(front: Front, before: Before) -> None:
    """Late is better than nobody."""
    with front.pools["web"].standing_still():
        live.wait_until(lambda: not before.reaches_it())
        assert '"pool": "door"' in before.page("/alogin")
    live.wait_until(before.reaches_it)


def test_a_machine_whose_door_is_gone_gets_nobody(front: Front, before: Before) -> None:
    """nginx says 503 of it to people, as pages do when an engine is away for everybody."""
    front.pools["door"].die()
    live.wait_until(lambda: not before.reaches_it())
    front.pools["door"] = Pool(nginx.sockets(front.config), "door")
    live.wait_until(before.reaches_it)
