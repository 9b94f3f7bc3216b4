"""`check --live` is red while another certificate is shown than the one asked of an authority."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vaguemestre.engines.tls import certificates
from vaguemestre.processes.production.live_check import live
from vaguemestre.site.config import Config
from vaguemestre.site.config.tls import TlsSection

NOW = datetime.now(UTC)


def is_well(config: Config) -> bool:
    (finding,) = [
        finding for finding in live._certificate(config, NOW) if finding.name == "certificat, autorité"
    ]
    return finding.is_well


def test_the_instance_own_is_red_while_an_authority_is_awaited_and_its_own_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "_ACME_FOLDER", tmp_path / "live")
    config = Config(home=tmp_path, tls=TlsSection(acme="standalone"))
    certificates.make_missing(config, now=NOW)
    certificates.install_given(config, now=NOW)
    assert not is_well(config)

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Une autorité reconnue")])
    by_authority = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    pem = by_authority.public_bytes(serialization.Encoding.PEM)
    certificates.public_paths(config).certificate.write_bytes(pem)
    assert is_well(config)


def test_nobody_expects_another_of_an_instance_that_signs_for_itself(tmp_path: Path) -> None:
    config = Config(home=tmp_path)
    certificates.make_missing(config, now=NOW)
    assert "certificat, autorité" not in [finding.name for finding in live._certificate(config, NOW)]
