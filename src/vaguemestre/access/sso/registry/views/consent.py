"""Pages on the way in and out: an agreement, a logo, what was closed."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SIGN_IN, SignedInRequest, signed_in
from vaguemestre.access.sso.registry import services
from vaguemestre.access.sso.registry.http import agreed_to, closed_by, leave, refused
from vaguemestre.access.sso.registry.queries import find_application, logo_of, sids_still_open

_TURNS = 8  # times a goodbye page asks whether all is closed


@never_cache
@require_POST
@signed_in
def agree(request: SignedInRequest) -> HttpResponse:
    found = agreed_to(request.POST.get("demande", ""), request.who)
    application = find_application(found[0]) if found else None
    if found is None or application is None:
        return refused(request, "Cette demande d’accord n’est plus valable. Revenez à l’application.")
    services.agree(application, request.who.account_id, now=timezone.now())
    return leave(request, found[1], application.name)


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
    """Signed out: what was closed. Browsers close what can only be closed through them."""
    stamp = request.GET.get("de", "")
    found = closed_by(stamp)
    if found is None:
        return HttpResponseRedirect(f"{SIGN_IN}?au-revoir=1")
    left, then = found
    frames = [front for _, _, front in left if front]
    shown = {**_closed(left, stamp, 0), "then": then, "frames": frames}
    answer = render(request, "sso/registry/goodbye.html", shown)
    if frames:
        origins = sorted({_origin(front) for front in frames})
        policy = {**settings.SECURE_CSP, "frame-src": ["'self'", *origins]}
        answer._csp_config = policy  # type: ignore[attr-defined]
    return answer


@never_cache
@require_GET
def show_closed(request: HttpRequest) -> HttpResponse:
    stamp, turn = request.GET.get("de", ""), request.GET.get("fois", "")
    found = closed_by(stamp)
    if found is None:
        raise Http404
    number = int(turn) if turn.isascii() and turn.isdigit() and len(turn) < 3 else _TURNS
    return render(request, "sso/registry/closed.html", _closed(found[0], stamp, number))


def _closed(left: list[tuple[str, str, str]], stamp: str, turn: int) -> dict[str, object]:
    is_open = sids_still_open([sid for sid, _, _ in left])
    closed: dict[str, bool] = {}
    for sid, name, _ in left:
        closed[name] = closed.get(name, True) and sid not in is_open
    waits = not all(closed.values()) and turn < _TURNS
    return {"left": list(closed.items()), "stamp": stamp, "turn": turn + 1, "waits": waits}


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
