"""Everybody's held mail, for the desk: how much, since when; never what it says nor to whom."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.outbox import queries, services
from vaguemestre.post.tracking.forms import ReasonForm
from vaguemestre.post.tracking.http import for_the_desk


@require_GET
@for_the_desk
def list_held_of_all(request: SignedInRequest) -> HttpResponse:
    return _page(request, ReasonForm(), 0)


@require_POST
@for_the_desk
@recently_signed_in
def end_held_of(request: SignedInRequest, account_id: int) -> HttpResponse:
    """All that is held of one account goes, or is thrown away; never one's own here."""
    form = ReasonForm(request.POST)
    if not form.is_valid() or account_id == request.who.account_id:
        return _page(request, form, account_id)
    ids = [passage.id for passage in queries.held_of(account_id)]
    by, now = f"account:{request.who.account_id}", timezone.now()
    act = services.release_held if form.cleaned_data["acte"] == "envoyer" else services.discard_held
    for ended in act(account_id, ids, by=by, now=now, reason=form.cleaned_data["motif"]):
        run_now(ended)
    return HttpResponseRedirect(f"{reverse('tracking:held-of-all')}?fait={form.cleaned_data['acte']}")


def _page(request: SignedInRequest, form: ReasonForm, account_id: int) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(queries.HELD_ORDERS))
    search = request.GET.get("q", "").strip()[:80]
    found, total = queries.held_by_account(
        search=search, order=listing.order, first=listing.first, count=listing.count
    )
    held = [
        (one, sentence(Refusal(one.code)), form if one.account_id == account_id else ReasonForm())
        for one in found
    ]
    shown = {
        "held": held,
        "total": total,
        "listing": listing,
        "search": search,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "tracking/desk.html", shown, status=422 if form.errors else 200)
