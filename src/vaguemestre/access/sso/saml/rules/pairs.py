"""Our keys and certificates: which signs, which are published, new ones."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from vaguemestre.access.sso.saml.values import SigningPair

PUBLISHED_BEFORE = timedelta(days=14)  # federations refresh metadata daily, their members later
_LIFE = timedelta(days=3650)
_BITS = 3072


def signer(pairs: Sequence[SigningPair], now: datetime) -> SigningPair | None:
    """The newest pair whose time has come."""
    ready = [pair for pair in pairs if pair.signs_from <= now]
    return max(ready, key=lambda pair: pair.number, default=None)


def published_pairs(pairs: Sequence[SigningPair], now: datetime) -> list[SigningPair]:
    """The pair that signs and those that will; nothing signed by a former one is still to be verified."""
    current = signer(pairs, now)
    return [pair for pair in pairs if current is None or pair.number >= current.number]


def generate_pair(host: str, now: datetime) -> tuple[bytes, bytes]:
    """(private key, certificate) of a new pair, PEM. Trust comes from the metadata, not the certificate."""
    key = rsa.generate_private_key(65537, _BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, certificate.public_bytes(Encoding.PEM)
