"""A certificate for the names of the académie of these machines, and the authority that clients are told."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.machines import academy

from vaguemestre.engines.tls import certificate_authority
from vaguemestre.engines.tls.certificates import Certificates

NAMES = (academy.HOST, academy.SITE, f"fichiers.{academy.SITE}", f"mta-sts.{academy.DOMAIN}")


def make(folder: Path, names: Sequence[str] = NAMES) -> Certificates:
    """Made in that folder, unless it is there."""
    pair = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    if pair.key.exists():
        return pair
    now = dt.datetime.now(dt.UTC)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = certificate_authority.authority(root_key, now=now)
    leaf = certificate_authority.end_entity(
        key, root, root_key, names, ExtendedKeyUsageOID.SERVER_AUTH, now=now
    )
    pair.ca.write_bytes(_pem(root))
    pair.certificate.write_bytes(_pem(leaf) + _pem(root))
    pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return pair


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
