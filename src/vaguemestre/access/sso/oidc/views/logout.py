"""Sign-out requested by a client (OpenID Connect RP-Initiated Logout)."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin.http import SIGN_IN, end_browser_session, who_asks
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.oidc.http import redirect_with_query, unique_parameters
from vaguemestre.access.sso.oidc.rules.claims import parse_id_token_hint
from vaguemestre.access.sso.oidc.services import signing_keys
from vaguemestre.access.sso.registry.http import (
    bad_request_page,
    goodbye_address,
    redirect_page,
    sign_out_page,
)
from vaguemestre.access.sso.registry.queries import find_application, visit_by_sid
from vaguemestre.access.sso.registry.rules.addresses import is_registered
from vaguemestre.access.sso.registry.values import Application, Protocol
from vaguemestre.people.credentials.ports import secret_keys

_NOT_REGISTERED = "L’adresse de retour demandée n’est pas inscrite pour cette application."
_SIGNED_OUT = f"{SIGN_IN}?au-revoir=1"


@dataclass(frozen=True)
class _SignOutRequest:
    """A sign-out request: where to go afterwards ("" = our own page), and the session its hint names."""

    application: Application | None
    address: str
    state: str
    session_key: str = ""


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out at once if the hint names this browser's session; otherwise ask the user."""
    if request.method == "POST":
        answer = HttpResponseRedirect(f"{reverse('oidc:sign-out')}?{request.POST.urlencode()}")
        answer.status_code = 303
        return answer
    sign_out_request = _sign_out_request(request.GET)
    if sign_out_request is None:
        return bad_request_page(request, _NOT_REGISTERED)
    who = who_asks(request)
    if who is None:
        return _redirect_after(sign_out_request)
    if sign_out_request.session_key == who.session_key:
        return end_browser_session(request, HttpResponseRedirect(_goodbye(who, sign_out_request)))
    application = sign_out_request.application
    fields = {
        "client_id": application.client_id if application else "",
        "post_logout_redirect_uri": sign_out_request.address,
        "state": sign_out_request.state,
    }
    return sign_out_page(
        request,
        reverse("oidc:confirm-sign-out"),
        {name: value for name, value in fields.items() if value},
        application.name if application else "",
    )


@never_cache
@require_POST
def confirm_sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out after the user agreed."""
    sign_out_request = _sign_out_request(request.POST)
    if sign_out_request is None:
        return bad_request_page(request, _NOT_REGISTERED)
    who = who_asks(request)
    address = _goodbye(who, sign_out_request) if who else _redirect_after(sign_out_request)["Location"]
    return end_browser_session(request, redirect_page(request, address))


def _goodbye(who: Who, sign_out_request: _SignOutRequest) -> str:
    return goodbye_address(
        who.session_key, _redirect_after(sign_out_request)["Location"] if sign_out_request.address else ""
    )


def _redirect_after(sign_out_request: _SignOutRequest) -> HttpResponse:
    if not sign_out_request.address:
        return HttpResponseRedirect(_SIGNED_OUT)
    if not sign_out_request.state:
        return HttpResponseRedirect(sign_out_request.address)
    return redirect_with_query(sign_out_request.address, {"state": sign_out_request.state})


def _sign_out_request(query: QueryDict) -> _SignOutRequest | None:
    """The request; None if its address is not registered for the client that asks, or it repeats itself."""
    parameters = unique_parameters(query)
    if parameters is None:
        return None
    claims = None
    if hint := parameters.get("id_token_hint", ""):
        claims = parse_id_token_hint(
            hint, signing_keys(secret_keys.get(), timezone.now()), settings.CONFIG.public_url
        )
    client_id = parameters.get("client_id") or (claims["aud"] if claims else "")
    if claims and claims["aud"] != client_id:
        return None
    application = find_application(client_id) if client_id else None
    if application and application.protocol is not Protocol.OIDC:
        application = None
    address = parameters.get("post_logout_redirect_uri", "")
    if address and (application is None or not is_registered(address, application.after_sign_out)):
        return None
    visit = visit_by_sid(claims["sid"]) if claims else None
    return _SignOutRequest(
        application, address, parameters.get("state", ""), visit.session_key if visit else ""
    )
