"""The instance's own authority, and the certificates it signs (RFC 5280)."""

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vaguemestre.engines.config_templates import write

_CA_LIFETIME = dt.timedelta(days=3650)
_SERVER_LIFETIME = dt.timedelta(days=397)  # the maximum that browsers and Apple accept


def authority(key: ec.EllipticCurvePrivateKey, *, now: dt.datetime) -> x509.Certificate:
    """A self-signed authority that may only sign end entities (RFC 5280 §4.2.1.9)."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Vaguemestre"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Autorité de démonstration"),
        ]
    )
    return (
        _begin(name, name, key, now, _CA_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def end_entity(
    key: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    names: Sequence[str],
    use: x509.ObjectIdentifier,
    *,
    now: dt.datetime,
    addresses: Sequence[str] = ("127.0.0.1",),
    further_uses: Sequence[x509.ObjectIdentifier] = (),
    lifetime: dt.timedelta = _SERVER_LIFETIME,
) -> x509.Certificate:
    """A certificate for those names and IP addresses, and its extended key usage: server, client, or both."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternatives = [x509.DNSName(name) for name in names]
    issuer_id = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _begin(subject, ca.subject, key, now, lifetime)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use, *further_uses]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName(
                [*alternatives, *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses)]
            ),
            critical=False,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )


def _begin(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: dt.datetime,
    lifetime: dt.timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))  # other machines' clocks differ
        .not_valid_after(now + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def make_authority(certificate_file: Path, key_file: Path, *, now: dt.datetime) -> bool:
    """Create an authority where there is none. Returns whether there was none."""
    if certificate_file.exists() and key_file.exists():
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write(key_file, private.decode(), mode=0o600)
    write(certificate_file, authority(key, now=now).public_bytes(serialization.Encoding.PEM).decode())
    return True


def public_key_digest(certificate_file: Path) -> str:
    """SHA-256 of the public key of a certificate, in hexadecimal; empty where there is no file."""
    if not certificate_file.exists():
        return ""
    key = x509.load_pem_x509_certificate(certificate_file.read_bytes()).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()
