"""The authorization endpoint: the only door of the protocol a person goes through."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import who_asks
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.oidc.http import back_to, once_each
from vaguemestre.access.sso.oidc.rules.authn_request import acr_for, must_prove_again, must_prove_more, read
from vaguemestre.access.sso.oidc.rules.claims import read_hint
from vaguemestre.access.sso.oidc.services import give_code, keys_now
from vaguemestre.access.sso.oidc.values import Asked, SignedIn, Wrong
from vaguemestre.access.sso.registry.http import (
    LONGEST_QUERY,
    at_the_door,
    leave,
    mark_now,
    proved_since,
    refused,
    stopped,
    to_sign_in,
)
from vaguemestre.access.sso.registry.queries import find_application, identity_of, subject_for
from vaguemestre.access.sso.registry.rules.addresses import stands_in
from vaguemestre.access.sso.registry.rules.methods import methods_of
from vaguemestre.access.sso.registry.values import Application, Obstacle, Protocol
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import devices_of

_MARK = "prouve"
_REFUSED = "refuse"
_SAID = {
    Obstacle.CLOSED: "access_denied",
    Obstacle.RESERVED: "access_denied",
    Obstacle.ASSURANCE: "interaction_required",
    Obstacle.CONSENT: "consent_required",
    Obstacle.HELD_BACK: "interaction_required",
}
_LOGIN_REQUIRED = Wrong("login_required", "nobody, or somebody else, is signed in")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Nothing leaves before the application and its address are found in the registry, letter for letter."""
    if request.method == "POST":  # asked again by GET, which brings the session's cookie from anywhere
        answer = HttpResponseRedirect(f"{reverse('oidc:authorize')}?{request.POST.urlencode()}")
        answer.status_code = 303
        return answer
    given = once_each(request.GET)
    if given is None or len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return refused(request, "La demande de l’application est mal formée ou trop longue.")
    application = find_application(given.get("client_id", ""))
    if application is None or application.protocol is not Protocol.OIDC:
        return refused(request, "Cette application n’est pas inscrite auprès de l’académie.")
    address = given.get("redirect_uri", "")
    if not stands_in(address, application.addresses):
        return refused(request, "L’adresse de retour demandée n’est pas celle qui est inscrite.")
    asked = read(given)
    if isinstance(asked, Wrong):
        return _told(address, asked, given.get("state", ""))
    return _answer(request, application, address, asked)


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Back from signing in: the browser itself asks again, no longer on behalf of a form."""
    return leave(request, f"{reverse('oidc:authorize')}?{request.GET.urlencode()}")


def _answer(request: HttpRequest, application: Application, address: str, asked: Asked) -> HttpResponse:
    who, now = who_asks(request), timezone.now()
    proved = who is not None and proved_since(request.GET.get(_MARK, ""), who)
    if who is None or must_prove_again(asked, who.signed_in_at, proved=proved, now=now):
        if asked.silent:
            return _told(address, _LOGIN_REQUIRED, asked.state)
        return _sign_in_first(request, asked, known=who is not None)
    identity = identity_of(who.account_id, now)
    if asked.hint and not _is_of(asked.hint, subject_for(application, identity)):
        return _told(address, _LOGIN_REQUIRED, asked.state)
    methods = methods_of(who.by)
    if must_prove_more(asked, methods) and not asked.silent and not proved and devices_of(who.account_id):
        return _sign_in_first(request, asked, known=True)
    what = at_the_door(application, who, identity)
    if what is None and application.consent and asked.consent:
        what = Obstacle.CONSENT
    if what:
        return _stopped(request, application, who, what, address, asked)
    code = give_code(
        application,
        asked,
        address,
        account_id=who.account_id,
        session_key=who.session_key,
        signed_in=SignedIn(who.signed_in_at, methods),
        acr=acr_for(asked, methods),
        now=now,
    )
    return back_to(address, _with_state({"code": code}, asked.state))


def _stopped(
    request: HttpRequest, application: Application, who: Who, what: Obstacle, address: str, asked: Asked
) -> HttpResponse:
    if what is Obstacle.CONSENT and _REFUSED in request.GET:
        return _told(address, Wrong("access_denied", "the person did not agree"), asked.state)
    if asked.silent:
        return _told(address, Wrong(_SAID[what], "this person does not enter without a page"), asked.state)
    query = QueryDict(mutable=True)
    query.update(request.GET)
    query["prompt"] = " ".join(one for one in query.get("prompt", "").split() if one != "consent")
    back = f"{reverse('oidc:authorize')}?{query.urlencode()}"
    return stopped(request, application, who, what, back, f"{back}&{_REFUSED}=1")


def _sign_in_first(request: HttpRequest, asked: Asked, *, known: bool) -> HttpResponse:
    query = QueryDict(mutable=True)
    query.update(request.GET)
    query.pop(_MARK, None)
    if known or asked.again or asked.max_age is not None:
        query[_MARK] = mark_now()
    back = f"{reverse('oidc:resume')}?{query.urlencode()}"
    return to_sign_in(back, again=known, name="" if known else asked.name)


def _is_of(hint: str, subject: str) -> bool:
    keys = keys_now(secret_keys.get(), timezone.now())
    told = read_hint(hint, keys, settings.CONFIG.public_url)
    return told is not None and told["sub"] == subject


def _told(address: str, wrong: Wrong, state: str) -> HttpResponse:
    return back_to(address, _with_state({"error": wrong.error, "error_description": wrong.words}, state))


def _with_state(given: dict[str, str], state: str) -> dict[str, str]:
    stated = {"state": state} if state else {}
    return {**given, **stated, "iss": settings.CONFIG.public_url}
