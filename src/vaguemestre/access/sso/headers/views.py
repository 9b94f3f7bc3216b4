"""Endpoints of the header mode: three on the application's own host, proxied by nginx, the others here."""

import secrets
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from vaguemestre.access.signin.http import SIGN_IN, end_browser_session, who_asks
from vaguemestre.access.sso.headers.queries import visit_by_pass
from vaguemestre.access.sso.headers.rules import identity_headers
from vaguemestre.access.sso.headers.services import issue_ticket, redeem_ticket, sha256
from vaguemestre.access.sso.registry.http import (
    MAX_QUERY_CHARACTERS,
    bad_request_page,
    goodbye_address,
    obstacle_for,
    obstacle_page,
    redirect_page,
    redirect_to_sign_in,
    sign_out_page,
)
from vaguemestre.access.sso.registry.queries import find_application, identity_of
from vaguemestre.access.sso.registry.rules.addresses import is_beneath
from vaguemestre.access.sso.registry.rules.entrance import may_enter
from vaguemestre.access.sso.registry.rules.release import released_attributes
from vaguemestre.access.sso.registry.values import Application, Protocol

APPLICATION_HEADER = "X-Vaguemestre-Application"  # set by nginx: which application it protects
PATH_HEADER = (
    "X-Vaguemestre-Path"  # set by nginx: the page asked for, as a query it would end at the first « & »
)
_PASS, _DEPARTURE = "vm_acces", "vm_depart"
_UNKNOWN_ADDRESS = "L’adresse demandée n’est pas celle d’une application inscrite auprès de l’académie."


@never_cache
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Answer nginx's `auth_request`: 200 with identity headers, or 401."""
    now = timezone.now()
    visit = visit_by_pass(request.COOKIES.get(_PASS, ""), now)
    if visit is None or visit.application.client_id != request.headers.get(APPLICATION_HEADER, ""):
        return HttpResponse(status=401)
    identity = identity_of(visit.account_id, now)
    if not may_enter(visit.application, identity):
        return HttpResponse(status=401)
    headers = identity_headers(identity.username, released_attributes(visit.application, identity))
    return HttpResponse(status=200, headers=headers)


@never_cache
@require_GET
def depart(request: HttpRequest) -> HttpResponse:
    """On the application's host: set the departure cookie, and redirect to sign in."""
    application = _application(request.headers.get(APPLICATION_HEADER, ""))
    path = request.headers.get(PATH_HEADER) or request.GET.get("vers", "/")
    address = _address_beneath(application, path) if application else ""
    if application is None or not address:
        return bad_request_page(request, _UNKNOWN_ADDRESS)
    departure = secrets.token_urlsafe(24)
    query = {"application": application.client_id, "vers": path, "depart": sha256(departure)}
    answer = HttpResponseRedirect(
        f"{settings.CONFIG.public_url}{reverse('headers:enter')}?{urlencode(query)}"
    )
    _set_cookie(answer, _DEPARTURE, departure, application, age=1800)
    return answer


@never_cache
@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """Here: sign in if needed, then redirect to the application's host with a ticket."""
    application = _application(request.GET.get("application", ""))
    path, departure = request.GET.get("vers", ""), request.GET.get("depart", "")
    # The departure is stored with the ticket: refuse what PostgreSQL cannot store (NUL).
    address = _address_beneath(application, path) if application and departure.isprintable() else ""
    if application is None or not address or len(request.META.get("QUERY_STRING", "")) > MAX_QUERY_CHARACTERS:
        return bad_request_page(request, _UNKNOWN_ADDRESS)
    who = who_asks(request)
    if who is None:
        return redirect_to_sign_in(f"{reverse('headers:resume')}?{request.GET.urlencode()}")
    now = timezone.now()
    obstacle = obstacle_for(application, who, identity_of(who.account_id, now))
    if obstacle:
        return obstacle_page(request, application, who, obstacle, request.get_full_path())
    ticket = issue_ticket(
        application,
        address,
        departure[:64],
        account_id=who.account_id,
        session_key=who.session_key,
        now=now,
    )
    base = application.addresses[0]
    return HttpResponseRedirect(f"{base}.vaguemestre/retour?{urlencode({'ticket': ticket})}")


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Back from sign-in: repeat the request by GET, so that redirects are no longer part of a form's."""
    return redirect_page(request, f"{reverse('headers:enter')}?{request.GET.urlencode()}")


@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """On the application's host: redeem the ticket for a cookie of that host."""
    application = _application(request.headers.get(APPLICATION_HEADER, ""))
    ticket, departure = request.GET.get("ticket", ""), request.COOKIES.get(_DEPARTURE, "")
    client_id = application.client_id if application else ""
    redeemed = redeem_ticket(ticket, departure, client_id, now=timezone.now())
    if application is None or redeemed is None:
        return bad_request_page(request, "Ce lien ne sert qu’une fois : revenez à l’application.")
    answer = HttpResponseRedirect(redeemed[1])
    _set_cookie(answer, _PASS, redeemed[0], application)
    _set_cookie(answer, _DEPARTURE, "", application, age=0)
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def go_away(request: HttpRequest) -> HttpResponse:
    """An application's « Se déconnecter » leads here: ask the user first."""
    who = who_asks(request)
    if who is None:
        return HttpResponseRedirect(f"{SIGN_IN}?au-revoir=1")
    if request.method == "GET":
        return sign_out_page(request, reverse("headers:go-away"), {})
    return end_browser_session(request, HttpResponseRedirect(goodbye_address(who.session_key)))


def _application(client_id: str) -> Application | None:
    application = find_application(client_id) if client_id else None
    return application if application and application.protocol is Protocol.HEADERS else None


def _address_beneath(application: Application, path: str) -> str:
    """The address of that path on the application's host, if beneath its own; else ""."""
    parts = urlsplit(application.addresses[0])
    address = f"{parts.scheme}://{parts.netloc}{path}"
    return address if path.startswith("/") and is_beneath(address, application.addresses[:1]) else ""


def _set_cookie(
    answer: HttpResponse, name: str, value: str, application: Application, age: int | None = None
) -> None:
    parts = urlsplit(application.addresses[0])
    answer.set_cookie(
        name,
        value,
        max_age=age,
        path=parts.path,
        secure=parts.scheme == "https",
        httponly=True,
        samesite="Lax",
    )
