"""`check --live` is red while another certificate is shown than the awaited one, or one nobody believes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vaguemestre.engines.tls import certificates
from vaguemestre.engines.tls.given_certificate import install_given
from vaguemestre.processes.production.running_check import checks
from vaguemestre.processes.production.running_check.verdicts import Finding
from vaguemestre.site.config import Config
from vaguemestre.site.config.tls import TlsSection

NOW = datetime.now(UTC)


def is_well(config: Config) -> bool:
    (finding,) = [
        finding for finding in checks._certificate(config, NOW) if finding.name == "certificat, autorité"
    ]
    return finding.is_well


def test_the_instance_own_is_red_while_an_authority_is_awaited_and_its_own_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "_ACME_FOLDER", tmp_path / "live")
    monkeypatch.setattr(checks, "trusted_authorities", tuple)
    config = Config(home=tmp_path, tls=TlsSection(acme="standalone"))
    certificates.make_missing(config, now=NOW)
    install_given(config, now=NOW)
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
    assert "certificat, autorité" not in [finding.name for finding in checks._certificate(config, NOW)]


def signed(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
) -> x509.Certificate:
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    by_name, name = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)]) for who in (issuer, subject))
    builder = (
        x509.CertificateBuilder(by_name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(by, critical=False)
    )
    if ca:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True).add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
    else:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
    return builder.sign(issuer_key, hashes.SHA256())


def test_a_certificate_without_its_chain_is_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root_key, middle_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = signed("Racine", root_key, "Racine", root_key, ca=True)
    middle = signed("Intermédiaire", middle_key, "Racine", root_key, ca=True)
    leaf = signed("mail.ac-exemple.fr", key, "Intermédiaire", middle_key, ca=False)
    monkeypatch.setattr(checks, "trusted_authorities", lambda: (root,))
    config = Config(home=tmp_path, tls=TlsSection(certificate="/x.pem", key="/x.key"))
    certificates.make_missing(config, now=NOW)

    def shown(*chain: x509.Certificate) -> Finding:
        pem = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)
        certificates.public_paths(config).certificate.write_bytes(pem)
        return next(each for each in checks._certificate(config, NOW) if each.name == "certificat, chaîne")

    assert shown(leaf, middle).is_well, shown(leaf, middle).sentence
    assert not shown(leaf).is_well
    assert not shown(signed("mail.ac-exemple.fr", key, "mail.ac-exemple.fr", key, ca=False)).is_well


def test_while_another_is_awaited_only_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "_ACME_FOLDER", tmp_path / "live")
    config = Config(home=tmp_path, tls=TlsSection(acme="standalone"))
    certificates.make_missing(config, now=NOW)
    install_given(config, now=NOW)
    assert [one.name for one in checks._certificate(config, NOW) if not one.is_well] == [
        "certificat, autorité"
    ]


def test_a_given_certificate_that_cannot_serve_is_red_while_the_former_one_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "trusted_authorities", tuple)
    other = certificates.make_missing(Config(home=tmp_path / "other"), now=NOW)
    given = TlsSection(certificate=str(other.certificate), key=str(other.key))
    config = Config(home=tmp_path / "home", tls=given)
    certificates.make_missing(config, now=NOW)
    install_given(config, now=NOW)
    assert "certificat, donné" not in [one.name for one in checks._certificate(config, NOW)]
    other.certificate.unlink()
    (finding,) = [one for one in checks._certificate(config, NOW) if one.name == "certificat, donné"]
    assert not finding.is_well
    assert str(other.certificate) in finding.sentence
