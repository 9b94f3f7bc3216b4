"""What whoever received the address sees: the file's name, its size, a button."""

from typing import Any, BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import network_of
from vaguemestre.foundation.kernel import sizes
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.foundation.ui.stored_files import hand_over_file, is_behind_front
from vaguemestre.post.filelinks import queries, rules, services
from vaguemestre.post.filelinks.ports import shelf
from vaguemestre.post.filelinks.rules.links import token_digest

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
def lend(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, POST takes: what opens links by itself takes nothing."""
    lent = queries.find_lent(token, paris_day(timezone.now()))
    if lent is None:
        return nothing_here(request)
    if request.method == "GET":
        return _page(request, {"lent": lent})
    password = request.POST.get("mot_de_passe", "")
    try:
        ticket = services.take(token, password, network_of(request), now=timezone.now())
    except Refusal as refusal:
        waiting = refusal.facts.get("wait")
        said = Refusal(refusal.code, wait=duration(waiting)) if isinstance(waiting, int) else refusal
        return _page(request, {"lent": lent, "error": sentence(said)}, status=422)
    answer = HttpResponseRedirect(reverse("give", "vaguemestre.post.filelinks.public_urls", [token, ticket]))
    answer.status_code = 303
    answer.headers["Cache-Control"] = "no-store"
    return answer


@csrf_exempt
@csp_override(_PAGE_CSP)
@require_http_methods(["GET", "HEAD"])
def give(request: HttpRequest, token: str, ticket: str) -> HttpResponseBase:
    """The octets, or the piece of them a download that was cut still wants (RFC 9110 §14)."""
    try:
        taken, content = queries.taken(token, ticket, shelf.get(), paris_day(timezone.now()))
    except Refusal:
        return nothing_here(request)
    if is_behind_front(request):
        content.close()
        return hand_over_file(
            f"/.front/deposits/{token_digest(token)}", taken.name, "application/octet-stream"
        )
    tag = f'"{taken.id}-{taken.size}"'
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", tag) != tag:
        asked = ""
    try:
        piece = rules.piece_asked(asked, taken.size)
    except Refusal:
        content.close()
        answer: HttpResponseBase = HttpResponse(status=416)
        answer.headers["Content-Range"] = f"bytes */{taken.size}"
        return answer
    begin, end = piece or (0, taken.size - 1)
    answer = FileResponse(_Piece(content, begin, end), as_attachment=True, filename=taken.name)
    if piece:
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {begin}-{end}/{taken.size}"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["ETag"] = tag
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Length"] = str(end - begin + 1)
    answer.headers["Cache-Control"] = "no-store"
    return answer


class _Piece:
    """Some of a file's octets, as a file."""

    def __init__(self, content: BinaryIO, begin: int, end: int) -> None:
        self._content, self._left = content, end - begin + 1
        content.seek(begin)

    def read(self, most: int) -> bytes:
        found = self._content.read(min(most, self._left))
        self._left -= len(found)
        return found

    def close(self) -> None:
        self._content.close()


@csrf_exempt
@csp_override(_PAGE_CSP)
def nothing_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for what never was, is over, or was taken back."""
    return _page(request, {"lent": None}, status=404)


def _page(request: HttpRequest, told: dict[str, Any], *, status: int = 200) -> HttpResponse:
    lent = told["lent"]
    size = sizes.in_words(lent.size) if lent else ""
    answer = render(request, "filelinks/lent.html", {**told, "size": size}, status=status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
