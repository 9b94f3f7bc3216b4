"""Hand-overs of codes: requested by an operator, confirmed by a second person."""

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.desks.helpdesk import services
from vaguemestre.desks.helpdesk.forms import ConfirmForm, HandOverForm
from vaguemestre.desks.helpdesk.http import for_operators, person_or_404
from vaguemestre.desks.helpdesk.queries.hand_overs import (
    confirmers_for,
    ended_hand_over,
    pending_hand_over,
    pending_hand_overs,
    waiting_hand_over_of,
)
from vaguemestre.desks.helpdesk.values import HandOverDetail
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys

_ORDERS: dict[str, Callable[[HandOverDetail], str | datetime]] = {
    "jusqu": lambda hand_over: hand_over.until,
    "personne": lambda hand_over: without_accents(hand_over.name),
    "etablissement": lambda hand_over: without_accents(hand_over.place),
}


@require_http_methods(["GET", "POST"])
@for_operators
@act_words("demander la remise d’un code")
def request_hand_over(request: SignedInRequest, account_id: int) -> HttpResponse:
    """Request a hand-over from an operator."""
    now = timezone.now()
    account = person_or_404(account_id, now)
    form = HandOverForm(request.POST or None, seconds=confirmers_for(account_id, now))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.ask_hand_over(
                account_id,
                data["confirmer"],
                data["reason"],
                drops_factors=data["drops_factors"],
                operator_id=request.who.account_id,
                now=now,
                seen=data["seen"],
            )
            url = reverse("helpdesk:account", args=[account_id])
            return HttpResponseRedirect(f"{url}?fait=hand-over-asked")
        except Refusal as refusal:
            form.add_error("reason", sentence(refusal))
    context = {"account": account, "form": form, "waiting": waiting_hand_over_of(account_id, now)}
    return render(request, "helpdesk/hand_over_ask.html", context)


@require_GET
@signed_in
def list_hand_overs(request: SignedInRequest) -> HttpResponse:
    """The hand-overs the signed-in person has to confirm."""
    listing = Listing.of(request.GET, tuple(_ORDERS))
    search = listing.search
    waiting = [
        hand_over
        for hand_over in pending_hand_overs(request.who.account_id, timezone.now())
        if without_accents(search) in without_accents(f"{hand_over.name} {hand_over.place}")
    ]
    waiting.sort(key=_ORDERS[listing.sort], reverse=listing.backwards)
    context = {
        "waiting": listing.shown(waiting),
        "total": len(waiting),
        "listing": listing,
        "search": search,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "helpdesk/hand_overs.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("confirmer la remise d’un code")
def confirm(request: SignedInRequest, hand_over_id: int) -> HttpResponse:
    """« C'est bien elle »: confirm, and show the code on the response page only."""
    now, second_id = timezone.now(), request.who.account_id
    hand_over = pending_hand_over(hand_over_id, second_id, now)
    if hand_over is None:
        return _ended(request, hand_over_id)
    form = ConfirmForm(request.POST or None)
    context = {"hand_over": hand_over, "form": form, "site": request.build_absolute_uri("/assistant/code")}
    if request.method == "POST" and form.is_valid():
        verification = form.cleaned_data["verification"]
        try:
            context["code"] = services.confirm_hand_over(
                hand_over_id, verification, secret_keys.get(), second_id=second_id, now=now
            )
        except Refusal as refusal:
            form.add_error("verification", sentence(refusal))
    return render(request, "helpdesk/hand_over.html", context)


def _ended(request: SignedInRequest, hand_over_id: int) -> HttpResponse:
    """What became of a hand-over that no longer waits: the person may stand before its confirmer."""
    hand_over = ended_hand_over(hand_over_id, request.who.account_id)
    if hand_over is None:
        raise Http404
    return render(request, "helpdesk/hand_over_ended.html", {"hand_over": hand_over}, status=404)


@require_POST
@recently_signed_in
@act_words("refuser la remise d’un code")
def refuse(request: SignedInRequest, hand_over_id: int) -> HttpResponse:
    services.refuse_hand_over(hand_over_id, second_id=request.who.account_id, now=timezone.now())
    return HttpResponseRedirect(f"{reverse('helpdesk:hand-overs')}?fait=refuse")
