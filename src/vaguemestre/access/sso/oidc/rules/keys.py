"""Which key signs, which are published. A newer key is shown before it signs; an older one after."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from joserfc.jwk import ECKey, RSAKey

from vaguemestre.access.sso.oidc.values import Key
from vaguemestre.access.sso.registry.values import Signing

SHOWN_BEFORE = timedelta(hours=1)  # longer than anybody keeps the published set
SHOWN_AFTER = timedelta(days=1)  # longer than any token lives


def signer(keys: Sequence[Key], kind: Signing, now: datetime) -> Key | None:
    """The newest key of that kind whose time has come."""
    ready = [key for key in keys if key.kind is kind and key.signs_from <= now]
    return max(ready, key=lambda key: key.number, default=None)


def published(keys: Sequence[Key], now: datetime) -> list[Key]:
    """Those that sign, will sign, or signed within the last day."""
    return [key for key in keys if _replaced_at(keys, key) > now - SHOWN_AFTER]


def public_part(key: Key) -> dict[str, object]:
    """Its JWK (RFC 7517)."""
    kind = ECKey if key.kind is Signing.ES256 else RSAKey
    known = kind.import_key(key.private_pem).as_dict(private=False)
    return {**known, "kid": key.kid, "use": "sig", "alg": key.kind.value}


def fresh_pem(kind: Signing) -> tuple[str, str]:
    """(private PEM, thumbprint of RFC 7638) of a new key."""
    key = (
        ECKey.generate_key("P-256", private=True)
        if kind is Signing.ES256
        else RSAKey.generate_key(2048, private=True)
    )
    return key.as_pem(private=True).decode(), str(key.thumbprint())


def _replaced_at(keys: Sequence[Key], key: Key) -> datetime:
    later = [k.signs_from for k in keys if k.kind is key.kind and k.number > key.number]
    return min(later) if later else datetime.max.replace(tzinfo=key.signs_from.tzinfo)
