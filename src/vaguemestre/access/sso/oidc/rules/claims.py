"""What tokens say, and what the server says of itself."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeyParameters, KeySet, RSAKey

from vaguemestre.access.sso.oidc.values import ACR, ACR_MFA, Granted, Key
from vaguemestre.access.sso.registry.rules.release import ATTRIBUTES, Told
from vaguemestre.access.sso.registry.values import Signing

ID_TOKEN_LIFE = timedelta(minutes=5)
LOGOUT_TOKEN_LIFE = timedelta(minutes=2)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

SCOPES = {
    "profile": ("name", "given_name", "family_name", "usual_name", "preferred_username", "uid"),
    "email": ("email", "email_verified"),
    "academie": ("category", "uai", "function", "service", "organizational_unit"),
}
# ProConnect asks for each attribute by a scope of its own name.
_PROCONNECT = ("uid", "given_name", "usual_name", "siret", "organizational_unit", "belonging_population")
_ASKED_BY = {name: (name,) for name in ATTRIBUTES} | SCOPES


def granted_scope(asked: Iterable[str], released: Iterable[str]) -> tuple[str, ...]:
    """The scopes of a request that the application is registered for, in their order (RFC 6749 §3.3).

    `openid`, and those that ask for at least one of the attributes released to it.
    """
    known = set(released)
    return tuple(name for name in asked if name == "openid" or known.intersection(_ASKED_BY.get(name, ())))


def within_scope(attributes: dict[str, Told], scope: Iterable[str]) -> dict[str, Told]:
    """Those of the attributes the scope asks for."""
    asked = {name for one in scope for name in _ASKED_BY.get(one, ())}
    return {name: value for name, value in attributes.items() if name in asked}


def id_token(granted: Granted, subject: str, client_id: str, issuer: str, key: Key, now: datetime) -> str:
    """OpenID Connect Core §2."""
    at = int(now.timestamp())
    claims: dict[str, object] = {
        "iss": issuer,
        "sub": subject,
        "aud": client_id,
        "iat": at,
        "exp": at + int(ID_TOKEN_LIFE.total_seconds()),
        "auth_time": int(granted.signed_in.at.timestamp()),
        "acr": granted.acr,
        "amr": list(granted.signed_in.methods),
        "sid": granted.sid,
        "at_hash": _half_hash(granted.access_token),
    }
    if granted.nonce:
        claims["nonce"] = granted.nonce
    return _signed(claims, key, "JWT")


def logout_token(subject: str, sid: str, client_id: str, issuer: str, key: Key, now: datetime) -> str:
    """OpenID Connect Back-Channel Logout §2.4."""
    at = int(now.timestamp())
    claims: dict[str, object] = {
        "iss": issuer,
        "sub": subject,
        "aud": client_id,
        "iat": at,
        "exp": at + int(LOGOUT_TOKEN_LIFE.total_seconds()),
        "jti": secrets.token_urlsafe(12),
        "events": {LOGOUT_EVENT: {}},
        "sid": sid,
    }
    return _signed(claims, key, "logout+jwt")


def front_address(registered: str, issuer: str, sid: str) -> str:
    """OpenID Connect Front-Channel Logout §2: the address a browser loads."""
    joint = "&" if "?" in registered else "?"
    return f"{registered}{joint}{urlencode({'iss': issuer, 'sid': sid})}"


def read_hint(token: str, keys: Sequence[Key], issuer: str) -> dict[str, str] | None:
    """`sub`, `aud` and `sid` of an identity token of ours, however old; None for anything else."""
    known = KeySet([_private(key) for key in keys])
    try:
        read = jwt.decode(token, known, algorithms=[kind.value for kind in Signing])
    except (JoseError, ValueError):
        return None
    claims = read.claims
    if claims.get("iss") != issuer or read.header.get("typ") != "JWT":
        return None
    found = {name: claims.get(name) for name in ("sub", "aud", "sid")}
    if not all(isinstance(value, str) for value in found.values()):
        return None
    return {name: str(value) for name, value in found.items()}


def discovery(issuer: str, paths: dict[str, str]) -> dict[str, object]:
    """OpenID Connect Discovery §3: what is done here, and nothing that is not."""
    return {
        "issuer": issuer,
        **{name: f"{issuer}{path}" for name, path in paths.items()},
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": [kind.value for kind in Signing],
        "scopes_supported": ["openid", *SCOPES, *_PROCONNECT],
        "claims_supported": ["sub", "auth_time", "acr", "amr", "sid", "nonce", *ATTRIBUTES],
        "acr_values_supported": [ACR, ACR_MFA],
        "prompt_values_supported": ["none", "login", "select_account", "consent"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "ui_locales_supported": ["fr"],
    }


def _signed(claims: dict[str, object], key: Key, kind: str) -> str:
    header = {"alg": key.kind.value, "typ": kind, "kid": key.kid}
    return jwt.encode(header, claims, _private(key), algorithms=[key.kind.value])


def _private(key: Key) -> ECKey | RSAKey:
    return _opened(key.kind, key.kid, key.private_pem)


@lru_cache(maxsize=16)
def _opened(kind: Signing, kid: str, pem: str) -> ECKey | RSAKey:
    """Reading a key checks it, slowly: once."""
    named: KeyParameters = {"kid": kid}
    return ECKey.import_key(pem, named) if kind is Signing.ES256 else RSAKey.import_key(pem, named)


def _half_hash(token: str) -> str:
    """`at_hash`: both algorithms use SHA-256."""
    half = hashlib.sha256(token.encode("ascii")).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()
