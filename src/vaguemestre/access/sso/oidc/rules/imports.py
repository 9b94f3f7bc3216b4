"""A client's own metadata (RFC 7591 §2, OpenID Connect Registration §2), read into a registration."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from vaguemestre.access.sso.registry.values import Protocol, Registration, Signing
from vaguemestre.foundation.kernel.errors import Refusal


def read_client(told: object, client_id: str = "") -> Registration:
    """What it says of itself; who may enter and what it is told are decided here, by somebody.

    Raises Refusal `sso.metadata-unreadable`, `sso.metadata-unsupported`.
    """
    if not isinstance(told, dict):
        raise Refusal("sso.metadata-unreadable")
    addresses = _texts(told, "redirect_uris")
    name = (
        _text(told, "client_name") or (urlsplit(addresses[0]).hostname if addresses else "") or "Application"
    )
    if set(_texts(told, "response_types") or ("code",)) != {"code"}:
        raise Refusal("sso.metadata-unsupported", what="response_types")
    algorithm = _text(told, "id_token_signed_response_alg") or Signing.RS256  # the default of Registration §2
    if algorithm not in tuple(Signing):
        raise Refusal("sso.metadata-unsupported", what="id_token_signed_response_alg")
    method = _text(told, "token_endpoint_auth_method") or "client_secret_basic"
    if method not in ("client_secret_basic", "client_secret_post", "none"):
        raise Refusal("sso.metadata-unsupported", what="token_endpoint_auth_method")
    contacts = _texts(told, "contacts")
    return Registration(
        client_id=client_id or _client_id(name),
        name=name[:80],
        protocol=Protocol.OIDC,
        addresses=addresses,
        home=_text(told, "initiate_login_uri") or _text(told, "client_uri"),
        contact=contacts[0][:160] if contacts else "",
        after_sign_out=_texts(told, "post_logout_redirect_uris"),
        tell_sign_out=_text(told, "backchannel_logout_uri"),
        front_sign_out=_text(told, "frontchannel_logout_uri"),
        public=method == "none",
        signing=Signing(algorithm),
        pairwise=_text(told, "subject_type") == "pairwise",
    )


def _client_id(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return plain if len(plain) > 1 else f"application-{plain or 'sans-nom'}"


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key, "")
    if not isinstance(value, str):
        raise Refusal("sso.metadata-unreadable")
    return value


def _texts(told: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = told.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Refusal("sso.metadata-unreadable")
    return tuple(value)
