"""The demonstration's certificates satisfy strict verifiers, and last."""

import datetime as dt
import ssl
import subprocess
from pathlib import Path

import pytest

from vaguemestre.engines.tls import certificates
from vaguemestre.site.config import AcademySection, Config
from vaguemestre.site.config.network import NetworkSection
from vaguemestre.site.config.web import WebSection

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(home=tmp_path)


def shake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    """A whole TLS handshake in memory. Raises ssl.SSLError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=name)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    waiting = [ours, theirs]
    while waiting:
        for side in list(waiting):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(side)


def contexts(made: certificates.Certificates) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    client = ssl.create_default_context(cafile=str(made.ca))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    return server, client


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "ac-amiens.test", "mail.ac-amiens.test"])
def test_python_verifies_them_strictly_under_every_name(config: Config, name: str) -> None:
    shake(*contexts(certificates.make_missing(config, now=NOW)), name)


def test_another_name_is_refused(config: Config) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(*contexts(certificates.make_missing(config, now=NOW)), "ailleurs.example")


def test_openssl_verifies_them_strictly(config: Config) -> None:
    made = certificates.make_missing(config, now=NOW)
    argv = [
        "openssl",
        "verify",
        "-x509_strict",
        "-purpose",
        "sslserver",
        "-CAfile",
        str(made.ca),
        str(made.certificate),
    ]
    assert subprocess.run(argv, capture_output=True, check=False).returncode == 0


def test_they_are_made_once_and_the_keys_are_secret(config: Config) -> None:
    made = certificates.make_missing(config, now=NOW)
    before = [path.read_bytes() for path in (made.ca, made.certificate, made.key)]
    again = certificates.make_missing(config, now=NOW + dt.timedelta(days=100))
    assert [path.read_bytes() for path in (again.ca, again.certificate, again.key)] == before
    assert made.key.stat().st_mode & 0o077 == 0
    assert (made.ca.parent / "ca.key").stat().st_mode & 0o077 == 0


def test_near_its_end_the_server_gets_another_and_the_authority_stays(config: Config) -> None:
    made = certificates.make_missing(config, now=NOW - dt.timedelta(days=380))
    ca, certificate = made.ca.read_bytes(), made.certificate.read_bytes()
    certificates.make_missing(config, now=NOW)
    assert made.ca.read_bytes() == ca
    assert made.certificate.read_bytes() != certificate
    shake(*contexts(made), "localhost")


def test_another_domain_gets_another_certificate(config: Config) -> None:
    certificates.make_missing(config, now=NOW)
    moved = Config(home=config.home, academy=AcademySection(domain="ac-lille.test"))
    shake(*contexts(certificates.make_missing(moved, now=NOW)), "mail.ac-lille.test")


def production(home: Path, name: str) -> Config:
    web = WebSection(public_url=f"https://{name}", behind_tls=True)
    return Config(home=home, web=web, network=NetworkSection(ports="usual"))


@pytest.mark.parametrize("before", ["", "fichiers."])
def test_where_nginx_ends_tls_the_pages_are_among_its_names(tmp_path: Path, before: str) -> None:
    config = production(tmp_path, "messagerie.ac-amiens.test")
    shake(*contexts(certificates.make_missing(config, now=NOW)), f"{before}messagerie.ac-amiens.test")


def test_a_certificate_that_is_made_anew_keeps_its_key_whose_digest_is_published(tmp_path: Path) -> None:
    made = certificates.make_missing(production(tmp_path, "messagerie.ac-amiens.test"), now=NOW)
    key, certificate = made.key.read_bytes(), made.certificate.read_bytes()
    certificates.make_missing(production(tmp_path, "courriel.ac-amiens.test"), now=NOW)
    assert made.certificate.read_bytes() != certificate
    assert made.key.read_bytes() == key
