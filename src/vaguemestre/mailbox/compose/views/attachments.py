"""Attachments: announced, received in slices, shown (pictures of the text), taken away."""

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.forms import EnclosureForm
from vaguemestre.mailbox.compose.http import answers_json, size_limit, slice_of, writer_of


@require_POST
@signed_in
@answers_json
def add_enclosure(request: SignedInRequest, key: str) -> HttpResponse:
    form = EnclosureForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("name, kind, size")
    given = form.cleaned_data
    shown = services.add_enclosure(
        writer_of(request),
        key,
        given["name"],
        given["kind"],
        given["size"],
        is_picture=given["picture"],
        limit=size_limit(),
        now=timezone.now(),
    )
    path = queries.picture_path(shown.id)
    return JsonResponse({"id": shown.id, "name": shown.name, "path": path, "picture": shown.is_picture})


@require_POST
@signed_in
@answers_json
def add_slice(request: SignedInRequest, key: str, enclosure_id: int) -> HttpResponse:
    if (piece := slice_of(request)) is None:
        return HttpResponseBadRequest("offset")
    received = services.add_slice(request.who.account_id, key, enclosure_id, *piece)
    return JsonResponse({"received": received})


@require_POST
@signed_in
@answers_json
def remove_enclosure(request: SignedInRequest, key: str, enclosure_id: int) -> HttpResponse:
    services.remove_enclosure(request.who.account_id, key, enclosure_id)
    return JsonResponse({"removed": enclosure_id})


@require_GET
@signed_in
def show_enclosure(request: SignedInRequest, key: str, enclosure_id: int) -> HttpResponse:
    """A picture of the text, to its writer only; any other file is not shown from here."""
    shown, content = queries.enclosure_content(request.who.account_id, key, enclosure_id)
    if not shown.is_picture:
        raise Refusal("compose.enclosure-gone")
    answer = HttpResponse(content, content_type=shown.kind)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
