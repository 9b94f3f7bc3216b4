"""Upload files sent as links, set their terms, remove them."""

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.mailbox.compose import services
from vaguemestre.mailbox.compose.forms import EnclosureForm
from vaguemestre.mailbox.compose.http import actor_of, answers_json, link_json, slice_of, writer_of
from vaguemestre.post.filelinks import services as filelinks
from vaguemestre.post.filelinks.forms import TermsForm
from vaguemestre.post.filelinks.http import file_limits
from vaguemestre.post.filelinks.ports import file_store, scan
from vaguemestre.post.filelinks.queries import find_file


@require_POST
@signed_in
@answers_json
def add_link(request: SignedInRequest, key: str) -> HttpResponse:
    """Create a file sent as a link; its slices follow."""
    form = EnclosureForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("name, kind, size")
    fields = form.cleaned_data
    file_link = services.add_link(
        writer_of(request),
        key,
        fields["name"],
        fields["kind"],
        fields["size"],
        file_store.get(),
        file_limits(),
        now=timezone.now(),
    )
    return JsonResponse(link_json(file_link))


@require_POST
@signed_in
@answers_json
def add_link_slice(request: SignedInRequest, key: str, file_id: int) -> HttpResponse:
    """Store a slice of the file; the answer tells where to resume."""
    if (piece := slice_of(request)) is None:
        return HttpResponseBadRequest("offset")
    received = filelinks.append_chunk(request.who.account_id, file_id, *piece, file_store.get(), scan.get())
    return JsonResponse({"received": received})


@require_POST
@signed_in
@answers_json
def set_link_terms(request: SignedInRequest, key: str, file_id: int) -> HttpResponse:
    """Set the last day and password of the link."""
    terms = TermsForm(request.POST).terms()
    filelinks.set_terms(
        request.who.account_id, file_id, terms, file_limits(), by=actor_of(request), now=timezone.now()
    )
    return JsonResponse(link_json(find_file(request.who.account_id, file_id)))


@require_POST
@signed_in
@answers_json
def remove_link(request: SignedInRequest, key: str, file_id: int) -> HttpResponse:
    """Remove the link from the message."""
    services.remove_link(
        request.who.account_id, key, file_id, file_store.get(), by=actor_of(request), now=timezone.now()
    )
    return JsonResponse({"removed": file_id})
