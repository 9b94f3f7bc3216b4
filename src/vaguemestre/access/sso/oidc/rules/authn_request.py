"""Parsing of authentication requests (OpenID Connect Core §3.1.2.1, RFC 7636, RFC 9700)."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from vaguemestre.access.sso.oidc.values import ACR, ACR_MFA, AuthenticationRequest, ProtocolError

PROMPTS = ("none", "login", "select_account", "consent")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_REAUTHENTICATION_PROMPTS = {"login", "select_account"}
_SCOPE = re.compile(r"[!#-\[\]-~]+(?: [!#-\[\]-~]+)*", re.ASCII)  # RFC 6749 §3.3
_MAX_SCOPE_CHARACTERS = 500


def parse_request(parameters: Mapping[str, str]) -> AuthenticationRequest | ProtocolError:
    """The request, or the error to return to the client."""
    error = _unsupported_error(parameters) or _challenge_error(parameters)
    if error:
        return error
    prompts = set(parameters.get("prompt", "").split())
    if prompts - set(PROMPTS) or ("none" in prompts and len(prompts) > 1):
        return ProtocolError("invalid_request", "prompt is not one this server knows, or goes with none")
    max_age = parameters.get("max_age", "")
    if max_age and not re.fullmatch(r"[0-9]{1,9}", max_age, re.ASCII):
        return ProtocolError("invalid_request", "max_age is a number of seconds")
    return AuthenticationRequest(
        scope=tuple(dict.fromkeys(parameters["scope"].split())),
        challenge=parameters["code_challenge"],
        state=parameters.get("state", ""),
        nonce=parameters.get("nonce", ""),
        silent="none" in prompts,
        again=bool(prompts & _REAUTHENTICATION_PROMPTS) or (bool(max_age) and int(max_age) == 0),
        max_age=int(max_age) if max_age else None,
        name=parameters.get("login_hint", "")[:254],
        hint=parameters.get("id_token_hint", ""),
        consent="consent" in prompts,
        acr=tuple(parameters.get("acr_values", "").split()[:10]),
    )


def needs_fresh_proof(
    request: AuthenticationRequest, signed_in_at: datetime, *, proved: bool, now: datetime
) -> bool:
    """Whether the user must sign in again; `proved`: they did so for this very request."""
    if proved:
        return False
    if request.again:
        return True
    return request.max_age is not None and now - signed_in_at > timedelta(seconds=request.max_age)


def needs_second_factor(request: AuthenticationRequest, methods: Collection[str]) -> bool:
    """Whether MFA is the preferred `acr` and only one factor was proved (Core §3.1.2.1: voluntary)."""
    return request.acr[:1] == (ACR_MFA,) and "mfa" not in methods


def acr_for(request: AuthenticationRequest, methods: Collection[str]) -> str:
    """The `acr` of the sign-in, among the requested values."""
    return ACR_MFA if ACR_MFA in request.acr and "mfa" in methods else ACR


def _unsupported_error(parameters: Mapping[str, str]) -> ProtocolError | None:
    if "request" in parameters:
        return ProtocolError("request_not_supported", "request objects are not read")
    if "request_uri" in parameters:
        return ProtocolError("request_uri_not_supported", "request objects are not fetched")
    if parameters.get("response_type", "") != "code":
        return ProtocolError("unsupported_response_type", "only response_type=code is answered")
    if parameters.get("response_mode", "query") != "query":
        return ProtocolError("invalid_request", "only response_mode=query is answered")
    scope = parameters.get("scope", "")
    if (
        len(scope) > _MAX_SCOPE_CHARACTERS
        or (scope and not _SCOPE.fullmatch(scope))
        or "\0" in parameters.get("nonce", "")
    ):
        return ProtocolError("invalid_request", "scope or nonce is malformed")
    if "openid" not in scope.split():
        return ProtocolError("invalid_scope", "the scope openid is missing")
    return None


def _challenge_error(parameters: Mapping[str, str]) -> ProtocolError | None:
    if parameters.get("code_challenge_method", "") != "S256":
        return ProtocolError("invalid_request", "PKCE is required, with code_challenge_method=S256")
    if not _CHALLENGE.fullmatch(parameters.get("code_challenge", "")):
        return ProtocolError("invalid_request", "code_challenge is 43 characters of base64url")
    return None
