"""Doors of the header mode: three on the application's own host, lent by nginx, the others here."""

import secrets
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from vaguemestre.access.signin.http import SIGN_IN, go_out, who_asks
from vaguemestre.access.sso.headers.queries import visit_by_pass
from vaguemestre.access.sso.headers.rules import headers_of
from vaguemestre.access.sso.headers.services import give_ticket, sha256, use_ticket
from vaguemestre.access.sso.registry.http import (
    LONGEST_QUERY,
    at_the_door,
    confirm_leaving,
    farewell,
    leave,
    refused,
    stopped,
    to_sign_in,
)
from vaguemestre.access.sso.registry.queries import find_application, identity_of
from vaguemestre.access.sso.registry.rules.addresses import stands_beneath
from vaguemestre.access.sso.registry.rules.entrance import may_enter
from vaguemestre.access.sso.registry.rules.release import released
from vaguemestre.access.sso.registry.values import Application, Protocol

TOLD = "X-Vaguemestre-Application"  # set by nginx: which application it keeps the door of
_PASS, _DEPARTURE = "vm_acces", "vm_depart"
_ILL = "L’adresse demandée n’est pas celle d’une application inscrite auprès de l’académie."


@never_cache
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """nginx asks before each request (`auth_request`): 200 and who it is, or 401."""
    now = timezone.now()
    visit = visit_by_pass(request.COOKIES.get(_PASS, ""), now)
    if visit is None or visit.application.client_id != request.headers.get(TOLD, ""):
        return HttpResponse(status=401)
    identity = identity_of(visit.account_id, now)
    if not may_enter(visit.application, identity):
        return HttpResponse(status=401)
    told = headers_of(identity.username, released(visit.application, identity))
    return HttpResponse(status=200, headers=told)


@never_cache
@require_GET
def depart(request: HttpRequest) -> HttpResponse:
    """On the application's host: remember this browser, and send it to sign in."""
    application = _application(request.headers.get(TOLD, ""))
    path = request.GET.get("vers", "/")
    address = _beneath(application, path) if application else ""
    if application is None or not address:
        return refused(request, _ILL)
    departure = secrets.token_urlsafe(24)
    query = {"application": application.client_id, "vers": path, "depart": sha256(departure)}
    answer = HttpResponseRedirect(
        f"{settings.CONFIG.public_url}{reverse('headers:enter')}?{urlencode(query)}"
    )
    _set(answer, _DEPARTURE, departure, application, age=1800)
    return answer


@never_cache
@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """Here: sign in if need be, then back to the application's host with a ticket."""
    application = _application(request.GET.get("application", ""))
    path, departure = request.GET.get("vers", ""), request.GET.get("depart", "")
    # A ticket keeps the departure: nothing a table refuses (PostgreSQL takes no NUL) goes on.
    address = _beneath(application, path) if application and departure.isprintable() else ""
    if application is None or not address or len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return refused(request, _ILL)
    who = who_asks(request)
    if who is None:
        return to_sign_in(f"{reverse('headers:resume')}?{request.GET.urlencode()}")
    now = timezone.now()
    what = at_the_door(application, who, identity_of(who.account_id, now))
    if what:
        return stopped(request, application, who, what, request.get_full_path())
    ticket = give_ticket(
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
    """Back from signing in: the browser itself asks again, no longer on behalf of a form."""
    return leave(request, f"{reverse('headers:enter')}?{request.GET.urlencode()}")


@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """On the application's host: the ticket against a cookie of that host."""
    application = _application(request.headers.get(TOLD, ""))
    ticket, departure = request.GET.get("ticket", ""), request.COOKIES.get(_DEPARTURE, "")
    client_id = application.client_id if application else ""
    found = use_ticket(ticket, departure, client_id, now=timezone.now())
    if application is None or found is None:
        return refused(request, "Ce lien ne sert qu’une fois : revenez à l’application.")
    answer = HttpResponseRedirect(found[1])
    _set(answer, _PASS, found[0], application)
    _set(answer, _DEPARTURE, "", application, age=0)
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def go_away(request: HttpRequest) -> HttpResponse:
    """An application's « Se déconnecter » leads here: the person is asked first."""
    who = who_asks(request)
    if who is None:
        return HttpResponseRedirect(f"{SIGN_IN}?au-revoir=1")
    if request.method == "GET":
        return confirm_leaving(request, reverse("headers:go-away"), {})
    return go_out(request, HttpResponseRedirect(farewell(who.session_key)))


def _application(client_id: str) -> Application | None:
    found = find_application(client_id) if client_id else None
    return found if found and found.protocol is Protocol.HEADERS else None


def _beneath(application: Application, path: str) -> str:
    """The address of that path of its own host, if it stands beneath the application's; else ""."""
    parts = urlsplit(application.addresses[0])
    address = f"{parts.scheme}://{parts.netloc}{path}"
    return address if path.startswith("/") and stands_beneath(address, application.addresses[:1]) else ""


def _set(
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
