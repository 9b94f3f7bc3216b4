"""User pages: consent, logo, goodbye."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SIGN_IN, SignedInRequest, signed_in
from vaguemestre.access.sso.registry import services
from vaguemestre.access.sso.registry.http import (
    EndedVisit,
    bad_request_page,
    read_consent_stamp,
    read_goodbye_stamp,
    redirect_page,
)
from vaguemestre.access.sso.registry.queries import find_application, logo_of, unnotified_sids

_MAX_POLLS = 8  # polls of the goodbye page


@never_cache
@require_POST
@signed_in
def agree(request: SignedInRequest) -> HttpResponse:
    """Record the user's consent, then go on to the application."""
    consented = read_consent_stamp(request.POST.get("stamp", ""), request.who)
    application = find_application(consented.client_id) if consented else None
    if consented is None or application is None:
        return bad_request_page(
            request, "Cette demande d’accord n’est plus valable. Revenez à l’application."
        )
    services.record_consent(application, request.who.account_id, now=timezone.now())
    return redirect_page(request, consented.back, application.name)


@require_GET
def show_logo(request: HttpRequest, client_id: str) -> HttpResponse:
    content = logo_of(client_id)
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="image/png")
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@never_cache
@require_GET
def goodbye(request: HttpRequest) -> HttpResponse:
    """The page after sign-out: which applications are closed. Front-channel sign-outs load in its frames."""
    stamp = request.GET.get("de", "")
    content = read_goodbye_stamp(stamp)
    if content is None:
        return HttpResponseRedirect(f"{SIGN_IN}?au-revoir=1")
    frames = [visit.front_address for visit in content.visits if visit.front_address]
    context = {**_closing_context(content.visits, stamp, 0), "then": content.then, "frames": frames}
    answer = render(request, "sso/registry/goodbye.html", context)
    if frames:
        origins = sorted({_origin(address) for address in frames})
        policy = {**settings.SECURE_CSP, "frame-src": ["'self'", *origins]}
        answer._csp_config = policy  # type: ignore[attr-defined]
    return answer


@never_cache
@require_GET
def show_closed(request: HttpRequest) -> HttpResponse:
    """The list of closed applications, polled by the goodbye page."""
    stamp, poll = request.GET.get("de", ""), request.GET.get("fois", "")
    content = read_goodbye_stamp(stamp)
    if content is None:
        raise Http404
    number = int(poll) if poll.isascii() and poll.isdigit() and len(poll) < 3 else _MAX_POLLS
    return render(request, "sso/registry/closed.html", _closing_context(content.visits, stamp, number))


def _closing_context(visits: list[EndedVisit], stamp: str, poll: int) -> dict[str, object]:
    open_sids = unnotified_sids([visit.sid for visit in visits])
    closed: dict[str, bool] = {}
    for visit in visits:
        closed[visit.name] = closed.get(visit.name, True) and visit.sid not in open_sids
    is_pending = not all(closed.values()) and poll < _MAX_POLLS
    return {"applications": list(closed.items()), "stamp": stamp, "poll": poll + 1, "is_pending": is_pending}


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
