"""Files too large for the message: left with us slice by slice, lent under conditions, taken away."""

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.mailbox.compose import services
from vaguemestre.mailbox.compose.forms import EnclosureForm
from vaguemestre.mailbox.compose.http import actor_of, answers_json, slice_of, told_link, writer_of
from vaguemestre.post.filelinks import services as deposits
from vaguemestre.post.filelinks.forms import TermsForm
from vaguemestre.post.filelinks.http import room
from vaguemestre.post.filelinks.ports import scan, shelf
from vaguemestre.post.filelinks.queries import find_deposit


@require_POST
@signed_in
@answers_json
def add_link(request: SignedInRequest, key: str) -> HttpResponse:
    form = EnclosureForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("name, kind, size")
    given = form.cleaned_data
    begun = services.add_link(
        writer_of(request),
        key,
        given["name"],
        given["kind"],
        given["size"],
        shelf.get(),
        room(),
        now=timezone.now(),
    )
    return JsonResponse(told_link(begun))


@require_POST
@signed_in
@answers_json
def add_link_slice(request: SignedInRequest, key: str, deposit_id: int) -> HttpResponse:
    if (piece := slice_of(request)) is None:
        return HttpResponseBadRequest("offset")
    received = deposits.add_slice(request.who.account_id, deposit_id, *piece, shelf.get(), scan.get())
    return JsonResponse({"received": received})


@require_POST
@signed_in
@answers_json
def set_link_terms(request: SignedInRequest, key: str, deposit_id: int) -> HttpResponse:
    terms = TermsForm(request.POST).terms()
    deposits.set_terms(
        request.who.account_id, deposit_id, terms, room(), by=actor_of(request), now=timezone.now()
    )
    return JsonResponse(told_link(find_deposit(request.who.account_id, deposit_id)))


@require_POST
@signed_in
@answers_json
def remove_link(request: SignedInRequest, key: str, deposit_id: int) -> HttpResponse:
    services.remove_link(
        request.who.account_id, key, deposit_id, shelf.get(), by=actor_of(request), now=timezone.now()
    )
    return JsonResponse({"removed": deposit_id})
