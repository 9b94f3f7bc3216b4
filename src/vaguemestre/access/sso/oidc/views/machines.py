"""Back-channel endpoints: token, revocation, introspection, userinfo, keys, discovery."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.access.sso.oidc import services
from vaguemestre.access.sso.oidc.http import (
    authenticate_client,
    error_response,
    json_response,
    unique_parameters,
)
from vaguemestre.access.sso.oidc.rules.claims import discovery_document, granted_scope, id_token, within_scope
from vaguemestre.access.sso.oidc.rules.keys import public_jwk, published_keys
from vaguemestre.access.sso.oidc.services.codes import ACCESS_LIFE
from vaguemestre.access.sso.oidc.values import ProtocolError, TokenGrant
from vaguemestre.access.sso.registry.queries import identity_of, subject_for
from vaguemestre.access.sso.registry.rules.entrance import may_enter
from vaguemestre.access.sso.registry.rules.release import released_attributes
from vaguemestre.access.sso.registry.values import Application
from vaguemestre.people.credentials.ports import secret_keys

_CACHE_CONTROL = "public, max-age=300"
_BEARER = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """The token endpoint (RFC 6749 §4.1.3 and §6)."""
    parameters = unique_parameters(request.POST)
    if parameters is None:
        return error_response(ProtocolError("invalid_request", "a parameter comes twice"))
    application = authenticate_client(request, parameters)
    if isinstance(application, ProtocolError):
        return error_response(application)
    grant = _grant_tokens(application, parameters)
    if isinstance(grant, ProtocolError):
        return error_response(grant)
    now = timezone.now()
    subject = subject_for(application, identity_of(grant.account_id, now))
    key = services.signing_key(application.signing, secret_keys.get(), now)
    issuer = settings.CONFIG.public_url
    return json_response(
        {
            "access_token": grant.access_token,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "refresh_token": grant.refresh_token,
            "id_token": id_token(grant, subject, application.client_id, issuer, key, now),
            "scope": " ".join(grant.scope),
        }
    )


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """The revocation endpoint (RFC 7009): same response whether the token is known or not."""
    client_and_token = _client_and_token(request)
    if isinstance(client_and_token, ProtocolError):
        return error_response(client_and_token)
    services.revoke_token(*client_and_token)
    return json_response({})


@csrf_exempt
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """The introspection endpoint (RFC 7662), for confidential clients and their own tokens."""
    client_and_token = _client_and_token(request)
    if isinstance(client_and_token, ProtocolError):
        return error_response(client_and_token)
    application, presented = client_and_token
    if application.public:
        return error_response(
            ProtocolError("invalid_client", "introspection is for applications that keep a secret")
        )
    now = timezone.now()
    introspected = services.introspected_token(application, presented, now)
    identity = identity_of(introspected[1].account_id, now) if introspected else None
    if introspected is None or identity is None or not may_enter(application, identity):
        return json_response({"active": False})
    token, _ = introspected
    return json_response(
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
    """The userinfo endpoint (OpenID Connect Core §5.3). Tokens in the URL are refused (RFC 6750 §2)."""
    now = timezone.now()
    text = _bearer_token(request)
    grant = services.bearer_grant(text, now) if _BEARER.fullmatch(text) else None
    if grant is None:
        return _invalid_token_response()
    visit, scope = grant
    identity = identity_of(visit.account_id, now)
    if not may_enter(visit.application, identity):
        return _invalid_token_response()
    attributes = within_scope(released_attributes(visit.application, identity), scope)
    return json_response({"sub": subject_for(visit.application, identity), **attributes})


@require_safe
def show_keys(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    keys = published_keys(services.signing_keys(secret_keys.get(), now), now)
    return _public_response({"keys": [public_jwk(key) for key in keys]})


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
    return _public_response(discovery_document(settings.CONFIG.public_url, paths))


def _client_and_token(request: HttpRequest) -> tuple[Application, str] | ProtocolError:
    """The client that asks about a token, authenticated, and that token (RFC 7009 §2.1, RFC 7662 §2.1)."""
    parameters = unique_parameters(request.POST)
    if parameters is None or not parameters.get("token"):
        return ProtocolError("invalid_request", "token is missing, or a parameter comes twice")
    application = authenticate_client(request, parameters)
    return application if isinstance(application, ProtocolError) else (application, parameters["token"])


def _grant_tokens(application: Application, parameters: dict[str, str]) -> TokenGrant | ProtocolError:
    now = timezone.now()
    match parameters.get("grant_type", ""):
        case "authorization_code":
            return services.redeem_code(
                application,
                parameters.get("code", ""),
                parameters.get("redirect_uri", ""),
                parameters.get("code_verifier", ""),
                now=now,
            )
        case "refresh_token":
            return services.refresh_tokens(application, parameters.get("refresh_token", ""), now=now)
        case _:
            return ProtocolError("unsupported_grant_type", "authorization_code or refresh_token")


def _bearer_token(request: HttpRequest) -> str:
    """The bearer token; "" if it is presented in no way, or in two (RFC 6750 §2)."""
    header = request.headers.get("Authorization", "")
    posted = request.POST.getlist("access_token")
    if len(posted) + bool(header) != 1:
        return ""
    scheme, _, text = header.partition(" ")
    return str(posted[0]) if posted else text if scheme.lower() == "bearer" else ""


def _invalid_token_response() -> HttpResponse:
    answer = json_response({"error": "invalid_token"}, 401)
    answer["WWW-Authenticate"] = 'Bearer realm="oidc", error="invalid_token"'
    return answer


def _public_response(content: Mapping[str, object]) -> JsonResponse:
    answer = JsonResponse(content)
    answer["Cache-Control"] = _CACHE_CONTROL
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
