"""Client metadata (RFC 7591 §2, OpenID Connect Registration §2) parsed into a registration."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from vaguemestre.access.sso.registry.values import Protocol, Registration, Signing
from vaguemestre.foundation.kernel.errors import Refusal


def parse_client(metadata: object, client_id: str = "") -> Registration:
    """The registration its metadata describe; access and attribute release are left to the administrator.

    Raises Refusal `sso.metadata-unreadable`, `sso.metadata-unsupported`.
    """
    if not isinstance(metadata, dict):
        raise Refusal("sso.metadata-unreadable")
    addresses = _texts(metadata, "redirect_uris")
    name = (
        _text(metadata, "client_name")
        or (urlsplit(addresses[0]).hostname if addresses else "")
        or "Application"
    )
    if set(_texts(metadata, "response_types") or ("code",)) != {"code"}:
        raise Refusal("sso.metadata-unsupported", what="response_types")
    algorithm = (
        _text(metadata, "id_token_signed_response_alg") or Signing.RS256
    )  # the default of Registration §2
    if algorithm not in tuple(Signing):
        raise Refusal("sso.metadata-unsupported", what="id_token_signed_response_alg")
    method = _text(metadata, "token_endpoint_auth_method") or "client_secret_basic"
    if method not in ("client_secret_basic", "client_secret_post", "none"):
        raise Refusal("sso.metadata-unsupported", what="token_endpoint_auth_method")
    contacts = _texts(metadata, "contacts")
    return Registration(
        client_id=client_id or _client_id(name),
        name=name[:80],
        protocol=Protocol.OIDC,
        addresses=addresses,
        home=_text(metadata, "initiate_login_uri") or _text(metadata, "client_uri"),
        contact=contacts[0][:160] if contacts else "",
        after_sign_out=_texts(metadata, "post_logout_redirect_uris"),
        tell_sign_out=_text(metadata, "backchannel_logout_uri"),
        front_sign_out=_text(metadata, "frontchannel_logout_uri"),
        public=method == "none",
        signing=Signing(algorithm),
        pairwise=_text(metadata, "subject_type") == "pairwise",
    )


def _client_id(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return plain if len(plain) > 1 else f"application-{plain or 'sans-nom'}"


def _text(metadata: Mapping[str, Any], key: str) -> str:
    value = metadata.get(key, "")
    if not isinstance(value, str):
        raise Refusal("sso.metadata-unreadable")
    return value


def _texts(metadata: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = metadata.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Refusal("sso.metadata-unreadable")
    return tuple(value)
