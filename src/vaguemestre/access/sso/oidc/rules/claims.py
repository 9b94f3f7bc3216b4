"""Claims of tokens, and the discovery document."""

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

from vaguemestre.access.sso.oidc.values import ACR, ACR_MFA, Key, TokenGrant
from vaguemestre.access.sso.registry.rules.release import ATTRIBUTES, AttributeValue
from vaguemestre.access.sso.registry.values import Signing

ID_TOKEN_LIFE = timedelta(minutes=5)
LOGOUT_TOKEN_LIFE = timedelta(minutes=2)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

SCOPES = {
    "profile": ("name", "given_name", "family_name", "usual_name", "preferred_username", "uid"),
    "email": ("email", "email_verified"),
    "academie": ("category", "uai", "function", "service", "organizational_unit"),
}
# ProConnect requests each attribute by a scope of the same name.
_PROCONNECT_SCOPES = (
    "uid",
    "given_name",
    "usual_name",
    "siret",
    "organizational_unit",
    "belonging_population",
)
_ATTRIBUTES_BY_SCOPE = {name: (name,) for name in ATTRIBUTES} | SCOPES


def granted_scope(requested: Iterable[str], released: Iterable[str]) -> tuple[str, ...]:
    """The scopes granted, in order: `openid`, and those with an attribute released to the client.

    RFC 6749 §3.3.
    """
    attributes = set(released)
    return tuple(
        name
        for name in requested
        if name == "openid" or attributes.intersection(_ATTRIBUTES_BY_SCOPE.get(name, ()))
    )


def within_scope(attributes: dict[str, AttributeValue], scope: Iterable[str]) -> dict[str, AttributeValue]:
    """The attributes that the scope covers."""
    names = {name for value in scope for name in _ATTRIBUTES_BY_SCOPE.get(value, ())}
    return {name: value for name, value in attributes.items() if name in names}


def id_token(grant: TokenGrant, subject: str, client_id: str, issuer: str, key: Key, now: datetime) -> str:
    """A signed ID token (OpenID Connect Core §2)."""
    at = int(now.timestamp())
    claims: dict[str, object] = {
        "iss": issuer,
        "sub": subject,
        "aud": client_id,
        "iat": at,
        "exp": at + int(ID_TOKEN_LIFE.total_seconds()),
        "auth_time": int(grant.signed_in.at.timestamp()),
        "acr": grant.acr,
        "amr": list(grant.signed_in.methods),
        "sid": grant.sid,
        "at_hash": _at_hash(grant.access_token),
    }
    if grant.nonce:
        claims["nonce"] = grant.nonce
    return _sign(claims, key, "JWT")


def logout_token(subject: str, sid: str, client_id: str, issuer: str, key: Key, now: datetime) -> str:
    """A signed logout token (OpenID Connect Back-Channel Logout §2.4)."""
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
    return _sign(claims, key, "logout+jwt")


def front_address(registered: str, issuer: str, sid: str) -> str:
    """The front-channel logout address the browser loads (OpenID Connect Front-Channel Logout §2)."""
    joint = "&" if "?" in registered else "?"
    return f"{registered}{joint}{urlencode({'iss': issuer, 'sid': sid})}"


def parse_id_token_hint(token: str, keys: Sequence[Key], issuer: str) -> dict[str, str] | None:
    """The claims of an ID token issued here, even expired; None for anything else."""
    key_set = KeySet([_private(key) for key in keys])
    try:
        decoded = jwt.decode(token, key_set, algorithms=[kind.value for kind in Signing])
    except (JoseError, ValueError):
        return None
    claims = decoded.claims
    if claims.get("iss") != issuer or decoded.header.get("typ") != "JWT":
        return None
    values = {name: claims.get(name) for name in ("sub", "aud", "sid")}
    if not all(isinstance(value, str) for value in values.values()):
        return None
    return {name: str(value) for name, value in values.items()}


def discovery_document(issuer: str, paths: dict[str, str]) -> dict[str, str | bool | list[str]]:
    """The provider metadata (OpenID Connect Discovery §3)."""
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
        "scopes_supported": ["openid", *SCOPES, *_PROCONNECT_SCOPES],
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


def _sign(claims: dict[str, object], key: Key, kind: str) -> str:
    header = {"alg": key.kind.value, "typ": kind, "kid": key.kid}
    return jwt.encode(header, claims, _private(key), algorithms=[key.kind.value])


def _private(key: Key) -> ECKey | RSAKey:
    return _load_key(key.kind, key.kid, key.private_pem)


@lru_cache(maxsize=16)
def _load_key(kind: Signing, kid: str, pem: str) -> ECKey | RSAKey:
    """Parsing a key validates it, which is slow: cached."""
    named: KeyParameters = {"kid": kid}
    return ECKey.import_key(pem, named) if kind is Signing.ES256 else RSAKey.import_key(pem, named)


def _at_hash(token: str) -> str:
    """The `at_hash` claim; both signature algorithms use SHA-256."""
    half = hashlib.sha256(token.encode("ascii")).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()
