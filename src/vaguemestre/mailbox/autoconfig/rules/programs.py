"""Mail programs that ask to be let in (RFC 6749, RFC 7636, RFC 8252): they keep no secret."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from vaguemestre.mailbox.autoconfig.values import Offer

SCOPE = "mail"
# Who may ask, and what to call it. A program anybody may install proves nothing by its name.
PROGRAMS: Mapping[str, str] = {"thunderbird": "Thunderbird", "logiciel": "Un logiciel de messagerie"}
_LOOPBACK = re.compile(
    r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?:/[A-Za-z0-9_./-]*)?", re.ASCII
)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_MAX_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request to be let in, as it may be answered."""

    client_id: str
    redirect_uri: str
    state: str
    challenge: str
    login: str = ""


@dataclass(frozen=True, slots=True)
class OAuthError:
    """An error of RFC 6749 §4.1.2.1 or §5.2."""

    error: str
    words: str


def may_answer(params: Mapping[str, str]) -> bool:
    """Whether anything may be sent to that address: a known program, on the person's own machine."""
    address = params.get("redirect_uri", "")
    return (
        params.get("client_id", "") in PROGRAMS
        and len(address) <= _MAX_CHARACTERS
        and is_own_machine(address)
    )


def is_own_machine(address: str) -> bool:
    """RFC 8252 §7.3: the loopback, at any port."""
    return bool(_LOOPBACK.fullmatch(address))


def parse_request(params: Mapping[str, str]) -> AuthorizationRequest | OAuthError:
    """The request, or what is wrong with it, to be told to the program."""
    if params.get("response_type") != "code":
        return OAuthError("unsupported_response_type", "only response_type=code is answered")
    if set(params.get("scope", SCOPE).split()) - {SCOPE, "offline_access"}:
        return OAuthError("invalid_scope", "the only scope is mail")
    challenge = params.get("code_challenge", "")
    if params.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        return OAuthError("invalid_request", "PKCE is required, with code_challenge_method=S256")
    state = params.get("state", "")
    if len(state) > _MAX_CHARACTERS:
        return OAuthError("invalid_request", "state is too long")
    login = params.get("login_hint", "")[:254]
    return AuthorizationRequest(params["client_id"], params["redirect_uri"], state, challenge, login)


def verifies(verifier: str, challenge: str) -> bool:
    """RFC 7636 §4.6."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    computed = (
        base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()
    )
    return hmac.compare_digest(computed, challenge)


def issuer_of(public_url: str) -> str:
    """Programs are let in by an issuer of their own: what applications are told is another affair."""
    return f"{public_url.rstrip('/')}/appareils"


def metadata(public_url: str) -> dict[str, str | bool | list[str]]:
    """RFC 8414."""
    issuer = issuer_of(public_url)
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/autoriser",
        "token_endpoint": f"{issuer}/jeton",
        "revocation_endpoint": f"{issuer}/jeton/revoquer",
        "scopes_supported": [SCOPE],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def add_on(offered: Offer, public_url: str) -> bytes:
    """The manifest of the module by which Thunderbird knows us; there is no code in it."""
    issuer = issuer_of(public_url)
    manifest = {
        "manifest_version": 2,
        "name": f"Messagerie – {offered.name}",
        "description": "Connexion sans mot de passe d’application : Thunderbird demande votre accord.",
        "version": "1.0",
        "browser_specific_settings": {
            "gecko": {"id": f"messagerie@{offered.domain}", "strict_min_version": "140.0"}
        },
        "oauth_provider": {
            "issuer": offered.domain,
            "clientId": "thunderbird",
            "issuerIdentifier": issuer,
            "authorizationEndpoint": f"{issuer}/autoriser",
            "tokenEndpoint": f"{issuer}/jeton",
            "redirectionEndpoint": "http://localhost",
            "usePKCE": True,
            # a name without a dot is never looked for there
            "hostnames": sorted({offered.imap.host, offered.smtp.host, f"mail.{offered.domain}"}),
            "scopes": SCOPE,
        },
    }
    return json.dumps(manifest, ensure_ascii=False, indent=2).encode()
