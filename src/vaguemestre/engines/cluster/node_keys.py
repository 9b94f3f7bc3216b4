"""The authority of the cluster, and the certificate by which each machine is known to the others (RFC 5280).

Apart from the authority of an instance, which signs what programs of ours show: none of those may vote.
"""

import datetime as dt
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from vaguemestre.engines.cluster.members import Member
from vaguemestre.engines.tls.certificate_authority import authority, end_entity
from vaguemestre.foundation.kernel.errors import EngineRefused

LIFETIME = dt.timedelta(days=3650)  # nobody outside ever sees them; their end would stop the cluster


def make_authority(folder: Path, *, now: dt.datetime) -> None:
    """Make `ca.pem` and `ca.key` where there are none: on the first machine, which keeps the key."""
    certificate_file, key_file = folder / "ca.pem", folder / "ca.key"
    if certificate_file.exists() and key_file.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    write_key(key_file, _private(key))
    certificate_file.write_bytes(authority(key, now=now).public_bytes(serialization.Encoding.PEM))


def node_certificate(folder: Path, member: Member, *, now: dt.datetime) -> tuple[bytes, bytes]:
    """A new certificate for a machine, both as server and as client, and its key (PEM).

    Raises EngineRefused when this machine does not hold the authority's key.
    """
    try:
        ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        ca_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
    except FileNotFoundError as error:
        raise EngineRefused(
            f"{error.filename} n’est pas ici : seule la première machine du fichier signe les autres."
        ) from error
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise EngineRefused(
            f"{folder / 'ca.key'} n’est pas une clé sur courbe elliptique : rendez-la depuis une sauvegarde."
        )
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = end_entity(
        key, ca, ca_key, (member.name,), ExtendedKeyUsageOID.SERVER_AUTH, now=now,
        addresses=("127.0.0.1", member.address),
        further_uses=(ExtendedKeyUsageOID.CLIENT_AUTH,), lifetime=LIFETIME,
    )  # fmt: skip
    return certificate.public_bytes(serialization.Encoding.PEM), _private(key)


def write_key(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace a key; nobody else ever reads it in between."""
    fresh = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.chmod(mode)
    fresh.rename(path)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
