"""Mail tokens: JWT (RFC 7519) signed ES256, five minutes, presented to Dovecot by OAUTHBEARER (RFC 7628)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import serialization
from joserfc import jwt
from joserfc.jwk import ECKey

from vaguemestre.people.credentials.values import TokenKeys

LIFE = timedelta(minutes=5)
PROGRAM_LIFE = timedelta(hours=1)  # a mail program requests another when it expires


def keys_from(private_pem: str, issuer: str) -> TokenKeys:
    """Keys to sign tokens. `kid` is the thumbprint (RFC 7638), the name of the public key in the engines."""
    return TokenKeys(private_pem, str(ECKey.import_key(private_pem).thumbprint()), issuer)


def public_pem(keys: TokenKeys) -> str:
    """The public key for Dovecot's validation directory (SubjectPublicKeyInfo, PEM)."""
    return _public(keys.private_pem, serialization.Encoding.PEM).decode()


def signed_token(
    keys: TokenKeys, mailbox: str, now: datetime, *, life: timedelta = LIFE, actor: str = ""
) -> str:
    """A token that lets its bearer act for that mailbox until `now` + `life`.

    `actor`: the member who acts, in a shared mailbox (RFC 8693 §4.1).
    """
    at = int(now.timestamp())
    # Engines use time(2), which may be a tick late when a second begins, and refuse a token of the future.
    since = at - 5
    claims: dict[str, object] = {
        "iss": keys.issuer,
        "sub": mailbox,
        "azp": "webmail",
        "iat": since,
        "nbf": since,
        "exp": at + int(life.total_seconds()),
        "jti": secrets.token_urlsafe(12),
    }
    if actor:
        claims["act"] = {"sub": actor}
    header = {"alg": "ES256", "typ": "JWT", "kid": keys.kid}
    return jwt.encode(header, claims, ECKey.import_key(keys.private_pem))


def sha256_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _public(private_pem: str, encoding: serialization.Encoding) -> bytes:
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    return key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
