"""The doors applications use by themselves: tokens, user information, keys, discovery."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.access.sso.oidc import services
from vaguemestre.access.sso.oidc.http import answered, client_of, once_each, told_wrong
from vaguemestre.access.sso.oidc.rules.claims import discovery, granted_scope, id_token, within_scope
from vaguemestre.access.sso.oidc.rules.keys import public_part, published
from vaguemestre.access.sso.oidc.services.codes import ACCESS_LIFE
from vaguemestre.access.sso.oidc.values import Granted, Wrong
from vaguemestre.access.sso.registry.queries import identity_of, subject_for
from vaguemestre.access.sso.registry.rules.entrance import may_enter
from vaguemestre.access.sso.registry.rules.release import released
from vaguemestre.access.sso.registry.values import Application
from vaguemestre.people.credentials.ports import secret_keys

_KEPT = "public, max-age=300"
_BEARER = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """RFC 6749 §4.1.3 and §6."""
    given = once_each(request.POST)
    if given is None:
        return told_wrong(Wrong("invalid_request", "a parameter comes twice"))
    application = client_of(request, given)
    if isinstance(application, Wrong):
        return told_wrong(application)
    granted = _granted(application, given)
    if isinstance(granted, Wrong):
        return told_wrong(granted)
    now = timezone.now()
    subject = subject_for(application, identity_of(granted.account_id, now))
    key = services.signing_key(application.signing, secret_keys.get(), now)
    issuer = settings.CONFIG.public_url
    return answered(
        {
            "access_token": granted.access_token,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "refresh_token": granted.refresh_token,
            "id_token": id_token(granted, subject, application.client_id, issuer, key, now),
            "scope": " ".join(granted.scope),
        }
    )


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009: answered the same whether the token was known or not."""
    given = once_each(request.POST)
    if given is None or not given.get("token"):
        return told_wrong(Wrong("invalid_request", "token is missing, or a parameter comes twice"))
    application = client_of(request, given)
    if isinstance(application, Wrong):
        return told_wrong(application)
    services.take_back(application, given["token"])
    return answered({})


@csrf_exempt
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """RFC 7662: of its own tokens, to an application that keeps a secret. All else is said inactive."""
    given = once_each(request.POST)
    if given is None or not given.get("token"):
        return told_wrong(Wrong("invalid_request", "token is missing, or a parameter comes twice"))
    application = client_of(request, given)
    if isinstance(application, Wrong):
        return told_wrong(application)
    if application.public:
        return told_wrong(Wrong("invalid_client", "introspection is for applications that keep a secret"))
    now = timezone.now()
    found = services.looked_into(application, given["token"], now)
    identity = identity_of(found[1].account_id, now) if found else None
    if found is None or identity is None or not may_enter(application, identity):
        return answered({"active": False})
    token, _ = found
    return answered(
        {
            "active": True,
            "scope": " ".join(granted_scope(token.code.scope.split(), application.released)),
            "client_id": application.client_id,
            "token_type": "Bearer" if token.kind == "access" else "refresh_token",
            "exp": int(token.expires_at.timestamp()),
            "sub": subject_for(application, identity),
            "aud": application.client_id,
            "iss": settings.CONFIG.public_url,
        }
    )


@csrf_exempt
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Core §5.3; the token comes in the header or a form, in no address (RFC 6750 §2)."""
    now = timezone.now()
    text = _token_shown(request)
    known = services.bearer(text, now) if _BEARER.fullmatch(text) else None
    if known is None:
        return _no_bearer()
    visit, scope = known
    identity = identity_of(visit.account_id, now)
    if not may_enter(visit.application, identity):
        return _no_bearer()
    told = within_scope(released(visit.application, identity), scope)
    return answered({"sub": subject_for(visit.application, identity), **told})


@require_safe
def show_keys(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    keys = published(services.keys_now(secret_keys.get(), now), now)
    return _public({"keys": [public_part(key) for key in keys]})


@require_safe
def show_discovery(request: HttpRequest) -> HttpResponse:
    paths = {
        "authorization_endpoint": reverse("oidc:authorize"),
        "token_endpoint": reverse("oidc:token"),
        "userinfo_endpoint": reverse("oidc:userinfo"),
        "jwks_uri": reverse("oidc:keys"),
        "revocation_endpoint": reverse("oidc:revoke"),
        "introspection_endpoint": reverse("oidc:introspect"),
        "end_session_endpoint": reverse("oidc:sign-out"),
    }
    return _public(discovery(settings.CONFIG.public_url, paths))


def _granted(application: Application, given: dict[str, str]) -> Granted | Wrong:
    now = timezone.now()
    match given.get("grant_type", ""):
        case "authorization_code":
            return services.redeem(
                application,
                given.get("code", ""),
                given.get("redirect_uri", ""),
                given.get("code_verifier", ""),
                now=now,
            )
        case "refresh_token":
            return services.refresh(application, given.get("refresh_token", ""), now=now)
        case _:
            return Wrong("unsupported_grant_type", "authorization_code or refresh_token")


def _token_shown(request: HttpRequest) -> str:
    """ "" when it is shown in no way, or in two."""
    header = request.headers.get("Authorization", "")
    posted = request.POST.getlist("access_token")
    if len(posted) + bool(header) != 1:
        return ""
    scheme, _, text = header.partition(" ")
    return str(posted[0]) if posted else text if scheme.lower() == "bearer" else ""


def _no_bearer() -> HttpResponse:
    answer = answered({"error": "invalid_token"}, 401)
    answer["WWW-Authenticate"] = 'Bearer realm="oidc", error="invalid_token"'
    return answer


def _public(content: dict[str, object]) -> JsonResponse:
    answer = JsonResponse(content)
    answer["Cache-Control"] = _KEPT
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
