"""Signing out, asked by an application (OpenID Connect RP-Initiated Logout)."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin.http import SIGN_IN, go_out, who_asks
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.oidc.http import back_to, once_each
from vaguemestre.access.sso.oidc.rules.claims import read_hint
from vaguemestre.access.sso.oidc.services import keys_now
from vaguemestre.access.sso.registry.http import confirm_leaving, farewell, leave, refused
from vaguemestre.access.sso.registry.queries import find_application, visit_named
from vaguemestre.access.sso.registry.rules.addresses import stands_in
from vaguemestre.access.sso.registry.values import Application, Protocol
from vaguemestre.people.credentials.ports import secret_keys

_GOODBYE = f"{SIGN_IN}?au-revoir=1"


@dataclass(frozen=True)
class _Wish:
    """Where to go afterwards ("" = our own page), and which session the application's hint names."""

    application: Application | None
    address: str
    state: str
    session_key: str = ""


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """At once when the hint names this browser's session; otherwise the person is asked."""
    if request.method == "POST":
        answer = HttpResponseRedirect(f"{reverse('oidc:sign-out')}?{request.POST.urlencode()}")
        answer.status_code = 303
        return answer
    given = once_each(request.GET)
    wish = _wish(given) if given is not None else None
    if wish is None:
        return refused(request, "L’adresse de retour demandée n’est pas inscrite pour cette application.")
    who = who_asks(request)
    if who is None:
        return _onwards(wish)
    if wish.session_key == who.session_key:
        return go_out(request, HttpResponseRedirect(_goodbye(who, wish)))
    application = wish.application
    fields = {
        "client_id": application.client_id if application else "",
        "post_logout_redirect_uri": wish.address,
        "state": wish.state,
    }
    return confirm_leaving(
        request,
        reverse("oidc:confirm-sign-out"),
        {name: value for name, value in fields.items() if value},
        application.name if application else "",
    )


@never_cache
@require_POST
def confirm_sign_out(request: HttpRequest) -> HttpResponse:
    given = once_each(request.POST)
    wish = _wish(given) if given is not None else None
    if wish is None:
        return refused(request, "L’adresse de retour demandée n’est pas inscrite pour cette application.")
    who = who_asks(request)
    where = _goodbye(who, wish) if who else _onwards(wish)["Location"]
    return go_out(request, leave(request, where))


def _goodbye(who: Who, wish: _Wish) -> str:
    return farewell(who.session_key, _onwards(wish)["Location"] if wish.address else "")


def _onwards(wish: _Wish) -> HttpResponse:
    if not wish.address:
        return HttpResponseRedirect(_GOODBYE)
    if not wish.state:
        return HttpResponseRedirect(wish.address)
    return back_to(wish.address, {"state": wish.state})


def _wish(given: dict[str, str]) -> _Wish | None:
    """None: an address was given that does not stand in the registry for the application that asks."""
    told = None
    if hint := given.get("id_token_hint", ""):
        told = read_hint(hint, keys_now(secret_keys.get(), timezone.now()), settings.CONFIG.public_url)
    client_id = given.get("client_id") or (told["aud"] if told else "")
    if told and told["aud"] != client_id:
        return None
    application = find_application(client_id) if client_id else None
    if application and application.protocol is not Protocol.OIDC:
        application = None
    address = given.get("post_logout_redirect_uri", "")
    if address and (application is None or not stands_in(address, application.after_sign_out)):
        return None
    visit = visit_named(told["sid"]) if told else None
    return _Wish(application, address, given.get("state", ""), visit.session_key if visit else "")
