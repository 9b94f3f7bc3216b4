"""The doors of mail programs that ask to be let in: consent for people, tokens for programs."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, network_of, recently_signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.academy import domain_of
from vaguemestre.mailbox.autoconfig import services
from vaguemestre.mailbox.autoconfig.http import offered
from vaguemestre.mailbox.autoconfig.ports import sign
from vaguemestre.mailbox.autoconfig.rules import programs
from vaguemestre.mailbox.autoconfig.rules.programs import PROGRAMS, AuthorizationRequest, OAuthError
from vaguemestre.mailbox.autoconfig.rules.signed_package import signed_package
from vaguemestre.people.credentials.ports import mail_tokens

_STAMP_SALT = "autoconfig.program-asked"
_STAMP_AGE = 600


@never_cache
@require_http_methods(["GET", "POST"])
@act_words("autoriser un logiciel de messagerie")
def authorize(request: HttpRequest) -> HttpResponse:
    """OAuth authorization page for mail programs. Only a known program is answered, on a loopback address."""
    if request.method == "POST":
        return _decided(request)
    params = _once_each(request.GET)
    if params is None or not programs.may_answer(params):
        raise Refusal("autoconfig.program-unknown")
    authorization = programs.parse_request(params)
    if isinstance(authorization, OAuthError):
        error = {
            "error": authorization.error,
            "error_description": authorization.words,
            "state": params.get("state", "")[:500],
        }
        return HttpResponseRedirect(_address(params["redirect_uri"], error))
    return _ask(request, authorization)


@recently_signed_in
def _ask(request: SignedInRequest, authorization: AuthorizationRequest) -> HttpResponse:
    stamped = [
        request.who.account_id,
        authorization.client_id,
        authorization.redirect_uri,
        authorization.state,
        authorization.challenge,
        authorization.login,
    ]
    context = {
        "program": PROGRAMS[authorization.client_id],
        "address": request.who.address,
        "stamp": signing.dumps(stamped, salt=_STAMP_SALT),
    }
    return render(request, "autoconfig/authorize.html", context)


@recently_signed_in
def _decided(request: SignedInRequest) -> HttpResponse:
    """The answer leaves by a page that goes on: browsers follow no redirect out of our own forms."""
    try:
        stamped = signing.loads(request.POST.get("request", ""), salt=_STAMP_SALT, max_age=_STAMP_AGE)
        account_id, authorization = int(stamped[0]), AuthorizationRequest(*stamped[1:6])
    except (signing.BadSignature, TypeError, ValueError, IndexError) as error:
        raise Refusal("autoconfig.program-asked-too-long-ago") from error
    if account_id != request.who.account_id:
        raise Refusal("autoconfig.program-asked-too-long-ago")
    if request.POST.get("decision") != "yes":
        answer = {"error": "access_denied", "error_description": "the person did not agree"}
    else:
        name = request.POST.get("device", "").strip() or PROGRAMS[authorization.client_id]
        answer = {
            "code": services.issue_code(
                account_id, authorization, name, address=request.who.address, now=timezone.now()
            )
        }
    address = _address(authorization.redirect_uri, {**answer, "state": authorization.state})
    return render(
        request, "autoconfig/leave.html", {"address": address, "program": PROGRAMS[authorization.client_id]}
    )


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """RFC 6749 §4.1.3 and §6, for programs that keep no secret."""
    params = _once_each(request.POST)
    if params is None or params.get("client_id", "") not in PROGRAMS:
        return _wrong(OAuthError("invalid_client", "the program is unknown, or a parameter comes twice"))
    now, tokens = timezone.now(), mail_tokens.get()
    granted: services.TokenGrant | OAuthError
    match params.get("grant_type", ""):
        case "authorization_code":
            granted = services.exchange_code(
                tokens,
                params.get("code", ""),
                redirect_uri=params.get("redirect_uri", ""),
                client_id=params["client_id"],
                verifier=params.get("code_verifier", ""),
                now=now,
            )
        case "refresh_token":
            key = params.get("refresh_token", "")
            granted = services.refresh_token(tokens, key, network_of(request), now=now)
        case _:
            granted = OAuthError("unsupported_grant_type", "authorization_code or refresh_token")
    if isinstance(granted, services.ReusedCode) and granted.withdrawn:
        run_now(granted.withdrawn)
    if isinstance(granted, OAuthError):
        return _wrong(granted)
    if granted.touched:
        run_now(granted.touched)
    body = {
        "access_token": granted.token,
        "token_type": "Bearer",
        "expires_in": int(granted.life.total_seconds()),
        "scope": programs.SCOPE,
        "refresh_token": granted.key,
    }
    return _answered(body)


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009: answered the same whether the token was known or not."""
    params = _once_each(request.POST)
    if params is None or not params.get("token"):
        return _wrong(OAuthError("invalid_request", "token is missing, or a parameter comes twice"))
    services.revoke_key(params["token"], now=timezone.now())
    return _answered({})


@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    return JsonResponse(programs.metadata(settings.CONFIG.public_url))


@require_GET
def add_on(request: HttpRequest) -> HttpResponse:
    """Thunderbird's module: one manifest, signed by the instance, the same for everybody."""
    manifest = programs.add_on(offered(domain_of(request)), settings.CONFIG.public_url)
    package = signed_package({"manifest.json": manifest}, partial(sign.get(), is_apart=True))
    answer = HttpResponse(package, content_type="application/x-xpinstall")
    answer["Content-Disposition"] = 'attachment; filename="messagerie.xpi"'
    return answer


def _address(redirect_uri: str, parameters: Mapping[str, str]) -> str:
    present = {name: value for name, value in parameters.items() if value}
    return f"{redirect_uri}?{urlencode({**present, 'iss': programs.issuer_of(settings.CONFIG.public_url)})}"


def _once_each(query: QueryDict) -> dict[str, str] | None:
    """RFC 6749 §3.1."""
    if any(len(values) > 1 for _, values in query.lists()):
        return None
    return {name: str(value) for name, value in query.items()}


def _answered(body: Mapping[str, object], status: int = 200) -> JsonResponse:
    answer = JsonResponse(dict(body), status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _wrong(wrong: OAuthError) -> HttpResponse:
    status = 401 if wrong.error == "invalid_client" else 400
    return _answered({"error": wrong.error, "error_description": wrong.words}, status)
