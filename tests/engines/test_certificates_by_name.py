"""Each académie's names are shown its own certificate (SNI): pages, IMAP, submission, the MX port."""

import datetime as dt
import shutil
import smtplib
import socket
import ssl
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography import x509
from tests.engines import live
from tests.engines.nginx.front import Front
from tests.own_network import NETWORK

from vaguemestre.engines.home_alias import remove_alias
from vaguemestre.engines.tls import certificates
from vaguemestre.engines.tls.given_certificate import install_given
from vaguemestre.site.config import AcademySection, Config, NetworkSection, TlsSection

pytestmark = pytest.mark.engines

NOW = dt.datetime.now(dt.UTC)
OF_AMIENS, OF_LILLE = "mail.ac-amiens.test", "mail.ac-lille.test"
ADDRESS = f"{NETWORK}.80"  # of the front: its port 80 is free there


def certificate_of(domain: str, home: Path) -> certificates.Certificates:
    """A certificate for the names of that domain alone, as an authority would give it."""
    home.mkdir()
    return certificates.make_missing(Config(home=home, academy=AcademySection(domain=domain)), now=NOW)


def two_academies(config: Config, tmp_path: Path) -> Config:
    amiens = certificate_of("ac-amiens.test", tmp_path / "amiens")
    lille = certificate_of("ac-lille.test", tmp_path / "lille")
    return replace(
        config,
        tls=TlsSection(certificate=str(amiens.certificate), key=str(amiens.key)),
        further_academies=(
            AcademySection(
                code="09",
                name="Académie de Lille",
                domain="ac-lille.test",
                departments=("059",),
                certificate=str(lille.certificate),
                key=str(lille.key),
            ),
        ),
    )


def names_shown(peer: socket.socket, name: str) -> frozenset[str]:
    """The names of the certificate that the other side shows to whoever asks for `name`."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(peer, server_hostname=name) as tls:
        content = tls.getpeercert(binary_form=True)
    assert content is not None
    return certificates.names_of(x509.load_der_x509_certificate(content))


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.LiveEngines]:
    made = live.make()
    made = live.LiveEngines(two_academies(made.config, tmp_path_factory.mktemp("given")))
    certificates.make_missing(made.config, now=NOW)
    install_given(made.config, now=NOW)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        live.remove(made)


@pytest.mark.heavy
@pytest.mark.parametrize("name", [OF_AMIENS, OF_LILLE])
def test_imap_and_submission_show_the_certificate_of_the_name_asked(
    engines: live.LiveEngines, name: str
) -> None:
    ports = engines.config.ports
    for port in (ports.imaps, ports.submissions):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as peer:
            assert name in names_shown(peer, name), port


@pytest.mark.parametrize("name", [OF_AMIENS, OF_LILLE])
def test_the_mx_port_shows_the_certificate_of_the_name_asked(engines: live.LiveEngines, name: str) -> None:
    client = smtplib.SMTP("127.0.0.1", engines.config.ports.mx, timeout=60)
    try:
        client.ehlo("ici.test")
        assert client.docmd("STARTTLS")[0] == 220
        assert client.sock is not None
        assert name in names_shown(client.sock.dup(), name)
    finally:
        client.close()


def test_a_name_of_nobody_is_shown_the_installations(engines: live.LiveEngines) -> None:
    with socket.create_connection(("127.0.0.1", engines.config.ports.imaps), timeout=60) as peer:
        assert OF_AMIENS in names_shown(peer, "ailleurs.test")


@dataclass(frozen=True)
class EndsTls(Config):
    """An instance whose front ends TLS itself, on the ports of a test."""

    @property
    def has_usual_ports(self) -> bool:
        return True


@pytest.mark.parametrize("name", [OF_AMIENS, OF_LILLE])
def test_the_pages_show_the_certificate_of_the_name_asked(tmp_path: Path, name: str) -> None:
    home = Path(tempfile.mkdtemp(prefix="vm-front-"))
    home.chmod(0o755)
    config = two_academies(
        EndsTls(home=home, port_base=live.free_port_base(), network=NetworkSection(addresses=(ADDRESS,))),
        tmp_path,
    )
    certificates.make_missing(config, now=NOW)
    install_given(config, now=NOW)
    front = Front(config, ADDRESS)
    try:
        with socket.create_connection((ADDRESS, config.ports.web), timeout=60) as peer:
            assert name in names_shown(peer, name)
    finally:
        front.stop()
        remove_alias(config)
        shutil.rmtree(home, ignore_errors=True)
