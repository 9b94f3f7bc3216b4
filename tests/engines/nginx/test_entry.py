"""Pages behind an entry: it says who comes, and is believed; whoever else says so is not."""

import datetime as dt
import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines import live
from tests.engines.nginx.front import Front
from tests.engines.test_certificates_by_name import EndsTls

from vaguemestre.engines.home_alias import remove_alias
from vaguemestre.engines.tls import certificates
from vaguemestre.site.config import NetworkSection
from vaguemestre.site.config.topology import MAIL_DUTIES, NodeSection, Topology

pytestmark = pytest.mark.engines

ADDRESS, ENTRY, STRANGER, CLIENT = "127.0.22.9", "127.0.22.10", "127.0.22.11", "192.0.2.77"
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
