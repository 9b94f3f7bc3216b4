"""Which key signs, and which are published: a new key before it signs, an old one after."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from joserfc.jwk import ECKey, RSAKey

from vaguemestre.access.sso.oidc.values import Key
from vaguemestre.access.sso.registry.values import Signing

PUBLISHED_BEFORE = timedelta(hours=1)  # longer than clients cache the published set
PUBLISHED_AFTER = timedelta(days=1)  # longer than any token lives


def signer(keys: Sequence[Key], kind: Signing, now: datetime) -> Key | None:
    """The newest key of that kind whose time has come."""
    ready = [key for key in keys if key.kind is kind and key.signs_from <= now]
    return max(ready, key=lambda key: key.number, default=None)


def published_keys(keys: Sequence[Key], now: datetime) -> list[Key]:
    """The keys that sign, will sign, or signed within the last day."""
    return [key for key in keys if _replaced_at(keys, key) > now - PUBLISHED_AFTER]


def public_jwk(key: Key) -> dict[str, str | list[str]]:
    """The public JWK of a key (RFC 7517)."""
    kind = ECKey if key.kind is Signing.ES256 else RSAKey
    jwk = kind.import_key(key.private_pem).as_dict(private=False)
    return {**jwk, "kid": key.kid, "use": "sig", "alg": key.kind.value}


def generate_key(kind: Signing) -> tuple[str, str]:
    """(private PEM, thumbprint per RFC 7638) of a new key."""
    key = (
        ECKey.generate_key("P-256", private=True)
        if kind is Signing.ES256
        else RSAKey.generate_key(2048, private=True)
    )
    return key.as_pem(private=True).decode(), str(key.thumbprint())


def _replaced_at(keys: Sequence[Key], key: Key) -> datetime:
    later = [k.signs_from for k in keys if k.kind is key.kind and k.number > key.number]
    return min(later) if later else datetime.max.replace(tzinfo=key.signs_from.tzinfo)
