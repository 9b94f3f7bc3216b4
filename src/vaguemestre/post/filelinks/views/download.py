"""Public download page: the file's name, its size, a button."""

from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import network_of
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.files.stored_files import accel_redirect_file, is_behind_front
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.post.filelinks import queries, rules, services
from vaguemestre.post.filelinks.ports import file_store
from vaguemestre.post.filelinks.rules.links import token_digest
from vaguemestre.post.filelinks.values import Filelink

_PAGE_CSP = {
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "font-src": ["'self'"],
    "img-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


@csrf_exempt  # there is no session to abuse
@csp_override(_PAGE_CSP)
@require_http_methods(["GET", "POST"])
def show_download(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the page, POST downloads: link scanners only send GET."""
    file = queries.find_available(token, paris_day(timezone.now()))
    if file is None:
        return not_found(request)
    if request.method == "GET":
        return _page(request, file)
    password = request.POST.get("password", "")
    try:
        ticket = services.issue_ticket(token, password, network_of(request), now=timezone.now())
    except Refusal as refusal:
        wait = refusal.facts.get("wait")
        shown = Refusal(refusal.code, wait=duration(wait)) if isinstance(wait, int) else refusal
        return _page(request, file, error=sentence(shown), status=422)
    address = reverse("download", "vaguemestre.post.filelinks.public_urls", [token, ticket])
    response = HttpResponseRedirect(address)
    response.status_code = 303
    response.headers["Cache-Control"] = "no-store"
    return response


@csrf_exempt
@csp_override(_PAGE_CSP)
@require_http_methods(["GET", "HEAD"])
def download(request: HttpRequest, token: str, ticket: str) -> HttpResponseBase:
    """The file's contents, or the range an interrupted download still needs (RFC 9110 §14)."""
    store = file_store.get()
    try:
        file, content = queries.open_download(token, ticket, store, paris_day(timezone.now()))
    except Refusal:
        return not_found(request)
    if is_behind_front(request) and store.is_served_by_front:
        content.close()
        return accel_redirect_file(
            f"/.front/deposits/{token_digest(token)}", file.name, "application/octet-stream"
        )
    etag = f'"{file.id}-{file.size}"'
    is_same_file = request.headers.get("If-Range", etag) == etag
    try:
        requested = rules.requested_range(request.headers.get("Range", "") if is_same_file else "", file.size)
    except Refusal:
        content.close()
        response: HttpResponseBase = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{file.size}"
        return response
    begin, end = requested or (0, file.size - 1)
    response = FileResponse(_FileRange(content, begin, end), as_attachment=True, filename=file.name)
    if requested:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {begin}-{end}/{file.size}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Length"] = str(end - begin + 1)
    response.headers["Cache-Control"] = "no-store"
    return response


class _FileRange:
    """A range of octets of a file, as a file."""

    def __init__(self, content: BinaryIO, begin: int, end: int) -> None:
        self._content, self._remaining = content, end - begin + 1
        content.seek(begin)

    def read(self, most: int) -> bytes:
        octets = self._content.read(min(most, self._remaining))
        self._remaining -= len(octets)
        return octets

    def close(self) -> None:
        self._content.close()


@csrf_exempt
@csp_override(_PAGE_CSP)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for an unknown, an expired and a withdrawn file."""
    return _page(request, None, status=404)


def _page(request: HttpRequest, file: Filelink | None, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {"file": file, "size": sizes.in_words(file.size) if file else "", "error": error}
    response = render(request, "filelinks/download.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
