"""Key pairs for DKIM: RSA of 2048 bits, which one TXT record holds, or Ed25519 (RFC 8463)."""

import base64

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from vaguemestre.post.dkim.values import Algorithm, KeyPair

_RSA_BITS = 2048
_RSA_EXPONENT = 65537


def make_key_pair(algorithm: Algorithm) -> KeyPair:
    """A new random key pair."""
    if algorithm is Algorithm.ED25519:
        signer = ed25519.Ed25519PrivateKey.generate()
        # RFC 8463 §4: the bare key, not a SubjectPublicKeyInfo; rspamd reads seed and public key, in base64
        public = signer.public_key().public_bytes_raw()
        return KeyPair(_as_text(signer.private_bytes_raw() + public).encode(), _as_text(public))
    private = rsa.generate_private_key(_RSA_EXPONENT, _RSA_BITS)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return KeyPair(pem, _as_text(public))


def _as_text(public: bytes) -> str:
    return base64.b64encode(public).decode("ascii")
