"""What whoever received the address sees: the file's name, its size, a button."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from vaguemestre.deposits import queries, services
from vaguemestre.deposits.ports import shelf
from vaguemestre.deposits.rules import octets
from vaguemestre.kernel.errors import Refusal
from vaguemestre.kernel.times import paris_day
from vaguemestre.signin.http import network_of
from vaguemestre.ui.refusals import duration, sentence

_PAGE_CSP = {
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "font-src": ["'self'"],
    "img-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


@csrf_exempt  # nothing here is done in anybody's name
@csp_override(_PAGE_CSP)
@require_http_methods(["GET", "POST"])
def lend(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET shows, POST takes: what opens links by itself takes nothing."""
    lent = queries.find_lent(token, paris_day(timezone.now()))
    if lent is None:
        return nothing_here(request)
    if request.method == "GET":
        return _page(request, {"lent": lent})
    password = request.POST.get("mot_de_passe", "")
    try:
        taken, content = services.take(token, password, network_of(request), shelf.get(), now=timezone.now())
    except Refusal as refusal:
        waiting = refusal.facts.get("wait")
        said = Refusal(refusal.code, wait=duration(waiting)) if isinstance(waiting, int) else refusal
        return _page(request, {"lent": lent, "error": sentence(said)}, status=422)
    answer = FileResponse(content, as_attachment=True, filename=taken.name)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Length"] = str(taken.size)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@csrf_exempt
@csp_override(_PAGE_CSP)
def nothing_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for what never was, is over, or was taken back."""
    return _page(request, {"lent": None}, status=404)


def _page(request: HttpRequest, told: dict[str, Any], *, status: int = 200) -> HttpResponse:
    lent = told["lent"]
    size = octets(lent.size) if lent else ""
    answer = render(request, "deposits/lent.html", {**told, "size": size}, status=status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
