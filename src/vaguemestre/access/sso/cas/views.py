"""Doors of CAS."""

import logging
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from vaguemestre.access.signin.http import SIGN_IN, go_out, who_asks
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.cas import rules
from vaguemestre.access.sso.cas.services import give_proxy_ticket, give_ticket, grant_proxies, use_ticket
from vaguemestre.access.sso.cas.values import Failure, Granting, Validated
from vaguemestre.access.sso.registry.http import (
    LONGEST_QUERY,
    at_the_door,
    confirm_leaving,
    farewell,
    leave,
    mark_now,
    post_onwards,
    proved_since,
    refused,
    stopped,
    to_sign_in,
)
from vaguemestre.access.sso.registry.ports import call
from vaguemestre.access.sso.registry.queries import application_serving, identity_of
from vaguemestre.access.sso.registry.rules.release import released
from vaguemestre.access.sso.registry.values import Application, Protocol
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

log = logging.getLogger(__name__)

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


@require_safe
@never_cache
def validate_proxied_2(request: HttpRequest) -> HttpResponse:
    return _validation(request, with_attributes=False, proxied=True)


@require_safe
@never_cache
def validate_proxied_3(request: HttpRequest) -> HttpResponse:
    return _validation(request, with_attributes=True, proxied=True)


@require_safe
@never_cache
def proxy(request: HttpRequest) -> HttpResponse:
    """CAS 3.0 §2.7: a ticket for another service, on behalf of whoever is inside the one that asks."""
    grants, services = request.GET.getlist("pgt"), request.GET.getlist("targetService")
    if len(grants) != 1 or len(services) != 1 or not grants[0] or not services[0]:
        return _told(rules.proxy_failure_xml(Failure.REQUEST))
    application = application_serving(Protocol.CAS, services[0])
    if application is None:
        return _told(rules.proxy_failure_xml(Failure.UNAUTHORIZED))
    ticket = give_proxy_ticket(grants[0], application, services[0], now=timezone.now())
    if isinstance(ticket, Failure):
        return _told(rules.proxy_failure_xml(ticket))
    return _told(rules.proxy_xml(ticket))


@never_cache
@require_http_methods(["GET"])
def logout(request: HttpRequest) -> HttpResponse:
    """Anybody can make a browser come here: the person is asked. `service` is where to go afterwards."""
    service = request.GET.get("service", "")
    application = application_serving(Protocol.CAS, service) if service else None
    if service and application is None:
        return refused(request, "L’adresse de retour demandée n’est pas inscrite auprès de l’académie.")
    if who_asks(request) is None:
        return HttpResponseRedirect(service or f"{SIGN_IN}?au-revoir=1")
    name, fields = application.name if application else "", {"service": service} if service else {}
    return confirm_leaving(request, reverse("cas:confirm-logout"), fields, name)


@never_cache
@require_POST
def confirm_logout(request: HttpRequest) -> HttpResponse:
    service = request.POST.get("service", "")
    if service and application_serving(Protocol.CAS, service) is None:
        return refused(request, "L’adresse de retour demandée n’est pas inscrite auprès de l’académie.")
    who = who_asks(request)
    where = farewell(who.session_key, service) if who else service or f"{SIGN_IN}?au-revoir=1"
    return go_out(request, leave(request, where))


def _with_ticket(
    request: HttpRequest, application: Application, service: str, who: Who, *, fresh: bool
) -> HttpResponse:
    now = timezone.now()
    what = at_the_door(application, who, identity_of(who.account_id, now))
    if what and _says_yes(request, "gateway"):
        return HttpResponseRedirect(service)
    if what:
        back = f"{reverse('cas:login')}?{request.GET.urlencode()}"
        return stopped(request, application, who, what, back)
    ticket = give_ticket(
        application,
        service,
        account_id=who.account_id,
        session_key=who.session_key,
        signed_in_at=who.signed_in_at,
        fresh=fresh,
        now=now,
    )
    match request.GET.get("method", "").upper():
        case "POST":
            return post_onwards(request, service, {"ticket": ticket}, application.name)
        case "HEADER":
            return HttpResponse(headers={"service": service, "ticket": ticket})
        case _:
            joint = "&" if "?" in service else "?"
            return HttpResponseRedirect(f"{service}{joint}{urlencode({'ticket': ticket})}")


def _sign_in_first(request: HttpRequest, *, known: bool) -> HttpResponse:
    query = request.GET.copy()
    query[_MARK] = mark_now()
    return to_sign_in(f"{reverse('cas:resume')}?{query.urlencode()}", again=known)


def _validation(request: HttpRequest, *, with_attributes: bool, proxied: bool = False) -> HttpResponse:
    found = _validated(request, proxied=proxied)
    in_json = request.GET.get("format", "").upper() == "JSON"
    granting = _granting(request, found) if isinstance(found, Validated) else None
    if isinstance(granting, Failure):
        found = granting
    if isinstance(found, Failure):
        return _told(rules.failure_json(found)) if in_json else _told(rules.failure_xml(found))
    identity = identity_of(found.account_id, timezone.now())
    attributes = None
    if with_attributes:
        application = application_serving(Protocol.CAS, request.GET["service"])
        told = released(application, identity) if application else {}
        attributes = rules.attributes_of(told, found.signed_in_at, fresh=found.fresh)
    answer = rules.success_json if in_json else rules.success_xml
    iou = granting.iou if isinstance(granting, Granting) else ""
    return _told(answer(identity.username, attributes, iou, found.proxies))


def _granting(request: HttpRequest, found: Validated) -> Granting | Failure | None:
    """CAS 3.0 §2.5.4: the grant goes to its callback; no 200 there, no grant told here."""
    callback = request.GET.get("pgtUrl", "")
    if not callback:
        return None
    application = application_serving(Protocol.CAS, request.GET["service"])
    if application is None or callback not in application.proxies:
        return Failure.CALLBACK
    granting = grant_proxies(found, callback, now=timezone.now())
    joint = "&" if "?" in callback else "?"
    given = urlencode({"pgtId": granting.ticket, "pgtIou": granting.iou})
    try:
        call.get()(f"{callback}{joint}{given}")
    except (EngineDown, EngineRefused):
        log.warning("the proxy callback of %s does not answer", application.client_id)
        return None
    return granting


def _validated(request: HttpRequest, *, proxied: bool = False) -> Validated | Failure:
    tickets, services = request.GET.getlist("ticket"), request.GET.getlist("service")
    if len(tickets) != 1 or len(services) != 1 or not tickets[0] or not services[0]:
        return Failure.REQUEST
    renew = _says_yes(request, "renew")
    return use_ticket(tickets[0], services[0], renew=renew, now=timezone.now(), proxied=proxied)


def _told(content: bytes | dict[str, object]) -> HttpResponse:
    if isinstance(content, bytes):
        return HttpResponse(content, content_type="application/xml; charset=utf-8")
    return JsonResponse(content)


def _says_yes(request: HttpRequest, name: str) -> bool:
    return request.GET.get(name, "").lower() in _YES
