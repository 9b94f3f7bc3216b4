"""The authorization endpoint."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import who_asks
from vaguemestre.access.signin.rules.paths import PROOF_PARAMETER
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.oidc.http import redirect_with_query, unique_parameters
from vaguemestre.access.sso.oidc.rules.authn_request import (
    acr_for,
    needs_fresh_proof,
    needs_second_factor,
    parse_request,
)
from vaguemestre.access.sso.oidc.rules.claims import parse_id_token_hint
from vaguemestre.access.sso.oidc.services import issue_code, signing_keys
from vaguemestre.access.sso.oidc.values import AuthenticationRequest, ProtocolError, SignInProof
from vaguemestre.access.sso.registry.http import (
    MAX_QUERY_CHARACTERS,
    bad_request_page,
    is_proved,
    obstacle_for,
    obstacle_page,
    proof_mark,
    redirect_page,
    redirect_to_sign_in,
)
from vaguemestre.access.sso.registry.queries import find_application, identity_of, subject_for
from vaguemestre.access.sso.registry.rules.addresses import is_registered
from vaguemestre.access.sso.registry.rules.methods import methods_of
from vaguemestre.access.sso.registry.values import Application, Obstacle, Protocol
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import devices_of

_REFUSED_PARAMETER = "refuse"
_ERRORS = {
    Obstacle.CLOSED: "access_denied",
    Obstacle.RESERVED: "access_denied",
    Obstacle.ASSURANCE: "interaction_required",
    Obstacle.CONSENT: "consent_required",
    Obstacle.HELD_BACK: "interaction_required",
}
_LOGIN_REQUIRED = ProtocolError("login_required", "nobody, or somebody else, is signed in")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Authorize a client. Nothing is sent to an address before client and redirect URI match the registry."""
    if (
        request.method == "POST"
    ):  # repeat it by GET: SameSite=Lax sends the session cookie with a cross-site GET, not with a POST
        answer = HttpResponseRedirect(f"{reverse('oidc:authorize')}?{request.POST.urlencode()}")
        answer.status_code = 303
        return answer
    parameters = unique_parameters(request.GET)
    if parameters is None or len(request.META.get("QUERY_STRING", "")) > MAX_QUERY_CHARACTERS:
        return bad_request_page(request, "La demande de l’application est mal formée ou trop longue.")
    application = find_application(parameters.get("client_id", ""))
    if application is None or application.protocol is not Protocol.OIDC:
        return bad_request_page(request, "Cette application n’est pas inscrite auprès de l’académie.")
    address = parameters.get("redirect_uri", "")
    if not is_registered(address, application.addresses):
        return bad_request_page(request, "L’adresse de retour demandée n’est pas celle qui est inscrite.")
    authn_request = parse_request(parameters)
    if isinstance(authn_request, ProtocolError):
        return _error_redirect(address, authn_request, parameters.get("state", ""))
    return _authorize(request, application, address, authn_request)


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Back from sign-in: repeat the request by GET, so that redirects are no longer part of a form's."""
    return redirect_page(request, f"{reverse('oidc:authorize')}?{request.GET.urlencode()}")


def _authorize(
    request: HttpRequest, application: Application, address: str, authn_request: AuthenticationRequest
) -> HttpResponse:
    who, now = who_asks(request), timezone.now()
    proved = is_proved(request, who)
    if who is None or needs_fresh_proof(authn_request, who.signed_in_at, proved=proved, now=now):
        if authn_request.silent:
            return _error_redirect(address, _LOGIN_REQUIRED, authn_request.state)
        return _sign_in_first(request, authn_request, is_signed_in=who is not None)
    identity = identity_of(who.account_id, now)
    if authn_request.hint and not _is_hint_of(authn_request.hint, subject_for(application, identity)):
        return _error_redirect(address, _LOGIN_REQUIRED, authn_request.state)
    methods = methods_of(who.by)
    if (
        needs_second_factor(authn_request, methods)
        and not authn_request.silent
        and not proved
        and devices_of(who.account_id)
    ):
        return _sign_in_first(request, authn_request, is_signed_in=True)
    obstacle = obstacle_for(application, who, identity)
    if obstacle is None and application.consent and authn_request.consent:
        obstacle = Obstacle.CONSENT
    if obstacle:
        return _obstacle_response(request, application, who, obstacle, address, authn_request)
    code = issue_code(
        application,
        authn_request,
        address,
        account_id=who.account_id,
        session_key=who.session_key,
        signed_in=SignInProof(who.signed_in_at, methods),
        acr=acr_for(authn_request, methods),
        now=now,
    )
    return redirect_with_query(address, _with_state({"code": code}, authn_request.state))


def _obstacle_response(
    request: HttpRequest,
    application: Application,
    who: Who,
    obstacle: Obstacle,
    address: str,
    authn_request: AuthenticationRequest,
) -> HttpResponse:
    if obstacle is Obstacle.CONSENT and _REFUSED_PARAMETER in request.GET:
        return _error_redirect(
            address, ProtocolError("access_denied", "the person did not agree"), authn_request.state
        )
    if authn_request.silent:
        return _error_redirect(
            address,
            ProtocolError(_ERRORS[obstacle], "this person does not enter without a page"),
            authn_request.state,
        )
    query = QueryDict(mutable=True)
    query.update(request.GET)
    query["prompt"] = " ".join(value for value in query.get("prompt", "").split() if value != "consent")
    back = f"{reverse('oidc:authorize')}?{query.urlencode()}"
    return obstacle_page(request, application, who, obstacle, back, f"{back}&{_REFUSED_PARAMETER}=1")


def _sign_in_first(
    request: HttpRequest, authn_request: AuthenticationRequest, *, is_signed_in: bool
) -> HttpResponse:
    query = QueryDict(mutable=True)
    query.update(request.GET)
    query.pop(PROOF_PARAMETER, None)
    if is_signed_in or authn_request.again or authn_request.max_age is not None:
        query[PROOF_PARAMETER] = proof_mark()
    back = f"{reverse('oidc:resume')}?{query.urlencode()}"
    return redirect_to_sign_in(back, again=is_signed_in, name="" if is_signed_in else authn_request.name)


def _is_hint_of(hint: str, subject: str) -> bool:
    keys = signing_keys(secret_keys.get(), timezone.now())
    claims = parse_id_token_hint(hint, keys, settings.CONFIG.public_url)
    return claims is not None and claims["sub"] == subject


def _error_redirect(address: str, error: ProtocolError, state: str) -> HttpResponse:
    return redirect_with_query(
        address, _with_state({"error": error.error, "error_description": error.words}, state)
    )


def _with_state(parameters: dict[str, str], state: str) -> dict[str, str]:
    stated = {"state": state} if state else {}
    return {**parameters, **stated, "iss": settings.CONFIG.public_url}
