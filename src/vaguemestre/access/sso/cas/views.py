"""CAS endpoints."""

import logging
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from vaguemestre.access.signin.http import SIGN_IN, end_browser_session, who_asks
from vaguemestre.access.signin.rules.paths import PROOF_PARAMETER
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.cas import rules
from vaguemestre.access.sso.cas.rules import CasDocument
from vaguemestre.access.sso.cas.services import (
    grant_proxies,
    issue_proxy_ticket,
    issue_ticket,
    validate_ticket,
)
from vaguemestre.access.sso.cas.values import Failure, ProxyGranting, ValidatedTicket
from vaguemestre.access.sso.registry.http import (
    MAX_QUERY_CHARACTERS,
    bad_request_page,
    goodbye_address,
    is_proved,
    obstacle_for,
    obstacle_page,
    post_page,
    proof_mark,
    redirect_page,
    redirect_to_sign_in,
    sign_out_page,
)
from vaguemestre.access.sso.registry.ports import call
from vaguemestre.access.sso.registry.queries import application_serving, identity_of
from vaguemestre.access.sso.registry.rules.release import released_attributes
from vaguemestre.access.sso.registry.values import Application, Protocol
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

log = logging.getLogger(__name__)

_TRUE = {"true", "1", "yes", "on"}


@never_cache
@require_GET
def login(request: HttpRequest) -> HttpResponse:
    """Redirect to a registered service with a ticket, after sign-in if needed."""
    services = request.GET.getlist("service")
    if not services:
        return HttpResponseRedirect("/") if who_asks(request) else redirect_to_sign_in("/")
    if len(services) > 1 or len(request.META.get("QUERY_STRING", "")) > MAX_QUERY_CHARACTERS:
        return bad_request_page(request, "La demande de l’application est mal formée ou trop longue.")
    service = services[0]
    application = application_serving(Protocol.CAS, service)
    if application is None:
        return bad_request_page(
            request, "L’adresse de cette application n’est pas inscrite auprès de l’académie."
        )
    who = who_asks(request)
    renew = _is_true(request, "renew")
    proved = is_proved(request, who)
    if who is None or (renew and not proved):
        if _is_true(request, "gateway") and not renew:
            return HttpResponseRedirect(service)
        return _sign_in_first(request, is_signed_in=who is not None)
    return _redirect_with_ticket(request, application, service, who, fresh=proved)


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Back from sign-in: repeat the request by GET, so that redirects are no longer part of a form's."""
    return redirect_page(request, f"{reverse('cas:login')}?{request.GET.urlencode()}")


@require_safe
@never_cache
def validate_1(request: HttpRequest) -> HttpResponse:
    """CAS 1.0 validation: two lines of text."""
    ticket = _validate(request)
    if isinstance(ticket, Failure):
        return HttpResponse("no\n\n", content_type="text/plain; charset=utf-8")
    user = identity_of(ticket.account_id, timezone.now()).username
    return HttpResponse(f"yes\n{user}\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def validate_2(request: HttpRequest) -> HttpResponse:
    return _validation_response(request, with_attributes=False)


@require_safe
@never_cache
def validate_3(request: HttpRequest) -> HttpResponse:
    return _validation_response(request, with_attributes=True)


@require_safe
@never_cache
def validate_proxied_2(request: HttpRequest) -> HttpResponse:
    return _validation_response(request, with_attributes=False, proxied=True)


@require_safe
@never_cache
def validate_proxied_3(request: HttpRequest) -> HttpResponse:
    return _validation_response(request, with_attributes=True, proxied=True)


@require_safe
@never_cache
def proxy(request: HttpRequest) -> HttpResponse:
    """A proxy ticket for another service (CAS 3.0 §2.7)."""
    grants, services = request.GET.getlist("pgt"), request.GET.getlist("targetService")
    if len(grants) != 1 or len(services) != 1 or not grants[0] or not services[0]:
        return _response(rules.proxy_failure_xml(Failure.REQUEST))
    application = application_serving(Protocol.CAS, services[0])
    if application is None:
        return _response(rules.proxy_failure_xml(Failure.UNAUTHORIZED))
    ticket = issue_proxy_ticket(grants[0], application, services[0], now=timezone.now())
    if isinstance(ticket, Failure):
        return _response(rules.proxy_failure_xml(ticket))
    return _response(rules.proxy_xml(ticket))


@never_cache
@require_http_methods(["GET"])
def logout(request: HttpRequest) -> HttpResponse:
    """Ask the user before signing out: any site can link here. `service`: where to go afterwards."""
    service = request.GET.get("service", "")
    application = application_serving(Protocol.CAS, service) if service else None
    if service and application is None:
        return bad_request_page(
            request, "L’adresse de retour demandée n’est pas inscrite auprès de l’académie."
        )
    if who_asks(request) is None:
        return HttpResponseRedirect(service or f"{SIGN_IN}?au-revoir=1")
    name, fields = application.name if application else "", {"service": service} if service else {}
    return sign_out_page(request, reverse("cas:confirm-logout"), fields, name)


@never_cache
@require_POST
def confirm_logout(request: HttpRequest) -> HttpResponse:
    service = request.POST.get("service", "")
    if service and application_serving(Protocol.CAS, service) is None:
        return bad_request_page(
            request, "L’adresse de retour demandée n’est pas inscrite auprès de l’académie."
        )
    who = who_asks(request)
    where = goodbye_address(who.session_key, service) if who else service or f"{SIGN_IN}?au-revoir=1"
    return end_browser_session(request, redirect_page(request, where))


def _redirect_with_ticket(
    request: HttpRequest, application: Application, service: str, who: Who, *, fresh: bool
) -> HttpResponse:
    now = timezone.now()
    obstacle = obstacle_for(application, who, identity_of(who.account_id, now))
    if obstacle and _is_true(request, "gateway"):
        return HttpResponseRedirect(service)
    if obstacle:
        back = f"{reverse('cas:login')}?{request.GET.urlencode()}"
        return obstacle_page(request, application, who, obstacle, back)
    ticket = issue_ticket(
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
            return post_page(request, service, {"ticket": ticket}, application.name)
        case "HEADER":
            return HttpResponse(headers={"service": service, "ticket": ticket})
        case _:
            joint = "&" if "?" in service else "?"
            return HttpResponseRedirect(f"{service}{joint}{urlencode({'ticket': ticket})}")


def _sign_in_first(request: HttpRequest, *, is_signed_in: bool) -> HttpResponse:
    query = request.GET.copy()
    query[PROOF_PARAMETER] = proof_mark()
    return redirect_to_sign_in(f"{reverse('cas:resume')}?{query.urlencode()}", again=is_signed_in)


def _validation_response(
    request: HttpRequest, *, with_attributes: bool, proxied: bool = False
) -> HttpResponse:
    ticket = _validate(request, proxied=proxied)
    in_json = request.GET.get("format", "").upper() == "JSON"
    granting = _send_proxy_grant(request, ticket) if isinstance(ticket, ValidatedTicket) else None
    if isinstance(granting, Failure):
        ticket = granting
    if isinstance(ticket, Failure):
        return _response(rules.failure_json(ticket)) if in_json else _response(rules.failure_xml(ticket))
    identity = identity_of(ticket.account_id, timezone.now())
    attributes = None
    if with_attributes:
        application = application_serving(Protocol.CAS, request.GET["service"])
        values = released_attributes(application, identity) if application else {}
        attributes = rules.cas_attributes(values, ticket.signed_in_at, fresh=ticket.fresh)
    success = rules.success_json if in_json else rules.success_xml
    iou = granting.iou if isinstance(granting, ProxyGranting) else ""
    return _response(success(identity.username, attributes, iou, ticket.proxies))


def _send_proxy_grant(request: HttpRequest, ticket: ValidatedTicket) -> ProxyGranting | Failure | None:
    """Send a proxy-granting ticket to its callback; None without a 200 there (CAS 3.0 §2.5.4)."""
    callback = request.GET.get("pgtUrl", "")
    if not callback:
        return None
    application = application_serving(Protocol.CAS, request.GET["service"])
    if application is None or callback not in application.proxies:
        return Failure.CALLBACK
    granting = grant_proxies(ticket, callback, now=timezone.now())
    joint = "&" if "?" in callback else "?"
    query = urlencode({"pgtId": granting.ticket, "pgtIou": granting.iou})
    try:
        call.get()(f"{callback}{joint}{query}")
    except (EngineDown, EngineRefused):
        log.warning("the proxy callback of %s does not answer", application.client_id)
        return None
    return granting


def _validate(request: HttpRequest, *, proxied: bool = False) -> ValidatedTicket | Failure:
    tickets, services = request.GET.getlist("ticket"), request.GET.getlist("service")
    if len(tickets) != 1 or len(services) != 1 or not tickets[0] or not services[0]:
        return Failure.REQUEST
    renew = _is_true(request, "renew")
    return validate_ticket(tickets[0], services[0], renew=renew, now=timezone.now(), proxied=proxied)


def _response(content: bytes | CasDocument) -> HttpResponse:
    if isinstance(content, bytes):
        return HttpResponse(content, content_type="application/xml; charset=utf-8")
    return JsonResponse(content)


def _is_true(request: HttpRequest, name: str) -> bool:
    return request.GET.get(name, "").lower() in _TRUE
