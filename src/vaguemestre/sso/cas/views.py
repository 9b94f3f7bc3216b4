"""Doors of CAS."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from vaguemestre.signin.http import SIGN_IN, go_out, who_asks
from vaguemestre.signin.values import Who
from vaguemestre.sso.cas import rules
from vaguemestre.sso.cas.services import give_ticket, use_ticket
from vaguemestre.sso.cas.values import Failure, Validated
from vaguemestre.sso.registry.http import (
    LONGEST_QUERY,
    confirm_leaving,
    leave,
    mark_now,
    not_allowed,
    proved_since,
    refused,
    to_sign_in,
)
from vaguemestre.sso.registry.queries import application_serving, identity_of
from vaguemestre.sso.registry.rules.entrance import may_enter
from vaguemestre.sso.registry.rules.release import released
from vaguemestre.sso.registry.values import Application, Protocol

_MARK = "prouve"
_YES = {"true", "1", "yes", "on"}


@never_cache
@require_GET
def login(request: HttpRequest) -> HttpResponse:
    """A ticket for a registered service, after signing in if need be."""
    services = request.GET.getlist("service")
    if not services:
        return HttpResponseRedirect("/") if who_asks(request) else to_sign_in("/")
    if len(services) > 1 or len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return refused(request, "La demande de l’application est mal formée ou trop longue.")
    service = services[0]
    application = application_serving(Protocol.CAS, service)
    if application is None:
        return refused(request, "L’adresse de cette application n’est pas inscrite auprès de l’académie.")
    who = who_asks(request)
    renew = _says_yes(request, "renew")
    proved = who is not None and proved_since(request.GET.get(_MARK, ""), who)
    if who is None or (renew and not proved):
        if _says_yes(request, "gateway") and not renew:
            return HttpResponseRedirect(service)
        return _sign_in_first(request, known=who is not None)
    return _with_ticket(request, application, service, who, fresh=proved)


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Back from signing in: the browser itself asks again, no longer on behalf of a form."""
    return leave(request, f"{reverse('cas:login')}?{request.GET.urlencode()}")


@require_safe
@never_cache
def validate_1(request: HttpRequest) -> HttpResponse:
    """CAS 1.0: two lines of text."""
    found = _validated(request)
    if isinstance(found, Failure):
        return HttpResponse("no\n\n", content_type="text/plain; charset=utf-8")
    user = identity_of(found.account_id, timezone.now()).username
    return HttpResponse(f"yes\n{user}\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def validate_2(request: HttpRequest) -> HttpResponse:
    return _validation(request, with_attributes=False)


@require_safe
@never_cache
def validate_3(request: HttpRequest) -> HttpResponse:
    return _validation(request, with_attributes=True)


@never_cache
@require_http_methods(["GET"])
def logout(request: HttpRequest) -> HttpResponse:
    """Anybody can make a browser come here: the person is asked. `service` is where to go afterwards."""
    service = request.GET.get("service", "")
    if service and application_serving(Protocol.CAS, service) is None:
        return refused(request, "L’adresse de retour demandée n’est pas inscrite auprès de l’académie.")
    if who_asks(request) is None:
        return HttpResponseRedirect(service or f"{SIGN_IN}?au-revoir=1")
    return confirm_leaving(request, reverse("cas:confirm-logout"), {"service": service} if service else {})


@never_cache
@require_POST
def confirm_logout(request: HttpRequest) -> HttpResponse:
    service = request.POST.get("service", "")
    if service and application_serving(Protocol.CAS, service) is None:
        return refused(request, "L’adresse de retour demandée n’est pas inscrite auprès de l’académie.")
    return go_out(request, leave(request, service or f"{SIGN_IN}?au-revoir=1"))


def _with_ticket(
    request: HttpRequest, application: Application, service: str, who: Who, *, fresh: bool
) -> HttpResponse:
    now = timezone.now()
    if not may_enter(application, identity_of(who.account_id, now)):
        return not_allowed(request, application)
    ticket = give_ticket(
        application,
        service,
        account_id=who.account_id,
        session_key=who.session_key,
        signed_in_at=who.signed_in_at,
        fresh=fresh,
        now=now,
    )
    joint = "&" if "?" in service else "?"
    return HttpResponseRedirect(f"{service}{joint}{urlencode({'ticket': ticket})}")


def _sign_in_first(request: HttpRequest, *, known: bool) -> HttpResponse:
    query = request.GET.copy()
    query[_MARK] = mark_now()
    return to_sign_in(f"{reverse('cas:resume')}?{query.urlencode()}", again=known)


def _validation(request: HttpRequest, *, with_attributes: bool) -> HttpResponse:
    found = _validated(request)
    in_json = request.GET.get("format", "").upper() == "JSON"
    if isinstance(found, Failure):
        return _told(rules.failure_json(found)) if in_json else _told(rules.failure_xml(found))
    identity = identity_of(found.account_id, timezone.now())
    attributes = None
    if with_attributes:
        application = application_serving(Protocol.CAS, request.GET["service"])
        told = released(application, identity) if application else {}
        attributes = rules.attributes_of(told, found.signed_in_at, fresh=found.fresh)
    if in_json:
        return _told(rules.success_json(identity.username, attributes))
    return _told(rules.success_xml(identity.username, attributes))


def _validated(request: HttpRequest) -> Validated | Failure:
    tickets, services = request.GET.getlist("ticket"), request.GET.getlist("service")
    if len(tickets) != 1 or len(services) != 1 or not tickets[0] or not services[0]:
        return Failure.REQUEST
    return use_ticket(tickets[0], services[0], renew=_says_yes(request, "renew"), now=timezone.now())


def _told(content: bytes | dict[str, object]) -> HttpResponse:
    if isinstance(content, bytes):
        return HttpResponse(content, content_type="application/xml; charset=utf-8")
    return JsonResponse(content)


def _says_yes(request: HttpRequest, name: str) -> bool:
    return request.GET.get(name, "").lower() in _YES
