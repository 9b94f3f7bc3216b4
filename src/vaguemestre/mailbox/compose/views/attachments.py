"""Upload, show and remove attachments."""

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
    """Create an attachment; its slices follow."""
    form = EnclosureForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("name, kind, size")
    fields = form.cleaned_data
    enclosure = services.add_enclosure(
        writer_of(request),
        key,
        fields["name"],
        fields["kind"],
        fields["size"],
        is_picture=fields["picture"],
        limit=size_limit(request),
        now=timezone.now(),
    )
    path = queries.picture_path(enclosure.id)
    return JsonResponse(
        {"id": enclosure.id, "name": enclosure.name, "path": path, "picture": enclosure.is_picture}
    )


@require_POST
@signed_in
@answers_json
def add_slice(request: SignedInRequest, key: str, enclosure_id: int) -> HttpResponse:
    """Store a slice of an attachment; the answer tells where to resume."""
    if (piece := slice_of(request)) is None:
        return HttpResponseBadRequest("offset")
    received = services.add_slice(request.who.account_id, key, enclosure_id, *piece)
    return JsonResponse({"received": received})


@require_POST
@signed_in
@answers_json
def remove_enclosure(request: SignedInRequest, key: str, enclosure_id: int) -> HttpResponse:
    """Remove an attachment."""
    services.remove_enclosure(request.who.account_id, key, enclosure_id)
    return JsonResponse({"removed": enclosure_id})


@require_GET
@signed_in
def show_enclosure(request: SignedInRequest, key: str, enclosure_id: int) -> HttpResponse:
    """Inline picture, for its writer only; other files are not served here."""
    enclosure, content = queries.enclosure_content(request.who.account_id, key, enclosure_id)
    if not enclosure.is_picture:
        raise Refusal("compose.enclosure-gone")
    answer = HttpResponse(content, content_type=enclosure.kind)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
