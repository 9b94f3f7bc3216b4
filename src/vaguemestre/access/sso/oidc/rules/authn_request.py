"""Reading an authentication request (OpenID Connect Core §3.1.2.1, RFC 7636, RFC 9700)."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from vaguemestre.access.sso.oidc.values import ACR, ACR_MFA, Asked, Wrong

PROMPTS = ("none", "login", "select_account", "consent")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_AGAIN = {"login", "select_account"}
_SCOPE = re.compile(r"[!#-\[\]-~]+(?: [!#-\[\]-~]+)*", re.ASCII)  # RFC 6749 §3.3
_LONGEST_SCOPE = 500


def read(given: Mapping[str, str]) -> Asked | Wrong:
    """The request, or what is wrong with it, to be told to the application."""
    wrong = _unsupported(given) or _wrong_challenge(given)
    if wrong:
        return wrong
    prompts = set(given.get("prompt", "").split())
    if prompts - set(PROMPTS) or ("none" in prompts and len(prompts) > 1):
        return Wrong("invalid_request", "prompt is not one this server knows, or goes with none")
    max_age = given.get("max_age", "")
    if max_age and not re.fullmatch(r"[0-9]{1,9}", max_age, re.ASCII):
        return Wrong("invalid_request", "max_age is a number of seconds")
    return Asked(
        scope=tuple(dict.fromkeys(given["scope"].split())),
        challenge=given["code_challenge"],
        state=given.get("state", ""),
        nonce=given.get("nonce", ""),
        silent="none" in prompts,
        again=bool(prompts & _AGAIN) or (bool(max_age) and int(max_age) == 0),
        max_age=int(max_age) if max_age else None,
        name=given.get("login_hint", "")[:254],
        hint=given.get("id_token_hint", ""),
        consent="consent" in prompts,
        acr=tuple(given.get("acr_values", "").split()[:10]),
    )


def must_prove_again(asked: Asked, signed_in_at: datetime, *, proved: bool, now: datetime) -> bool:
    """Whether whoever is signed in must sign in anew; `proved`: they did, for this very request."""
    if proved:
        return False
    if asked.again:
        return True
    return asked.max_age is not None and now - signed_in_at > timedelta(seconds=asked.max_age)


def must_prove_more(asked: Asked, methods: Collection[str]) -> bool:
    """Whether two factors are asked for first, and one was shown (Core §3.1.2.1: a wish, not a condition)."""
    return asked.acr[:1] == (ACR_MFA,) and "mfa" not in methods


def acr_for(asked: Asked, methods: Collection[str]) -> str:
    """What the sign-in is worth, in the words that were asked for."""
    return ACR_MFA if ACR_MFA in asked.acr and "mfa" in methods else ACR


def _unsupported(given: Mapping[str, str]) -> Wrong | None:
    if "request" in given:
        return Wrong("request_not_supported", "request objects are not read")
    if "request_uri" in given:
        return Wrong("request_uri_not_supported", "request objects are not fetched")
    if given.get("response_type", "") != "code":
        return Wrong("unsupported_response_type", "only response_type=code is answered")
    if given.get("response_mode", "query") != "query":
        return Wrong("invalid_request", "only response_mode=query is answered")
    scope = given.get("scope", "")
    if (
        len(scope) > _LONGEST_SCOPE
        or (scope and not _SCOPE.fullmatch(scope))
        or "\0" in given.get("nonce", "")
    ):
        return Wrong("invalid_request", "scope or nonce is malformed")
    if "openid" not in scope.split():
        return Wrong("invalid_scope", "the scope openid is missing")
    return None


def _wrong_challenge(given: Mapping[str, str]) -> Wrong | None:
    if given.get("code_challenge_method", "") != "S256":
        return Wrong("invalid_request", "PKCE is required, with code_challenge_method=S256")
    if not _CHALLENGE.fullmatch(given.get("code_challenge", "")):
        return Wrong("invalid_request", "code_challenge is 43 characters of base64url")
    return None
