"""The two-person path: asked by an operator, confirmed by whoever sees the person."""

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
from vaguemestre.desks.helpdesk.http import for_operators
from vaguemestre.desks.helpdesk.queries.accounts import shown
from vaguemestre.desks.helpdesk.queries.hand_overs import hand_over_for, hand_overs_for, seconds_for
from vaguemestre.desks.helpdesk.values import HandOverShown
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import bare
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys

_ORDERS: dict[str, Callable[[HandOverShown], str | datetime]] = {
    "jusqu": lambda one: one.until,
    "personne": lambda one: bare(one.name),
    "etablissement": lambda one: bare(one.place),
}


@require_http_methods(["GET", "POST"])
@for_operators
@act_words("demander la remise d’un code")
def ask(request: SignedInRequest, account_id: int) -> HttpResponse:
    """Who confirms, and why."""
    now = timezone.now()
    account = shown(account_id, now)
    if account is None:
        raise Http404
    form = HandOverForm(request.POST or None, seconds=seconds_for(account_id, now))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.ask_hand_over(
                account_id,
                typed["deuxieme"],
                typed["motif"],
                drops_factors=typed["facteurs"],
                operator_id=request.who.account_id,
                now=now,
            )
            where = reverse("helpdesk:account", args=[account_id])
            return HttpResponseRedirect(f"{where}?fait=hand-over-asked")
        except Refusal as refusal:
            form.add_error("motif", sentence(refusal))
    return render(request, "helpdesk/hand_over_ask.html", {"account": account, "form": form})


@require_GET
@signed_in
def list_mine(request: SignedInRequest) -> HttpResponse:
    """What waits for my word."""
    listing, search = Listing.of(request.GET, tuple(_ORDERS)), request.GET.get("q", "").strip()[:80]
    waiting = [
        one
        for one in hand_overs_for(request.who.account_id, timezone.now())
        if bare(search) in bare(f"{one.name} {one.place}")
    ]
    waiting.sort(key=_ORDERS[listing.sort], reverse=listing.backwards)
    told = {
        "waiting": listing.shown(waiting),
        "total": len(waiting),
        "listing": listing,
        "search": search,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "helpdesk/hand_overs.html", told)


@never_cache
@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("confirmer la remise d’un code")
def confirm(request: SignedInRequest, hand_over_id: int) -> HttpResponse:
    """« C'est bien elle »: the code is on the page that answers, and nowhere else ever."""
    now, second_id = timezone.now(), request.who.account_id
    hand_over = hand_over_for(hand_over_id, second_id, now)
    if hand_over is None:
        raise Http404
    form = ConfirmForm(request.POST or None)
    told = {"hand_over": hand_over, "form": form, "site": request.build_absolute_uri("/assistant/code")}
    if request.method == "POST" and form.is_valid():
        checked = form.cleaned_data["verification"]
        try:
            told["code"] = services.confirm_hand_over(
                hand_over_id, checked, secret_keys.get(), second_id=second_id, now=now
            )
        except Refusal as refusal:
            form.add_error("verification", sentence(refusal))
    return render(request, "helpdesk/hand_over.html", told)


@require_POST
@recently_signed_in
@act_words("refuser la remise d’un code")
def refuse(request: SignedInRequest, hand_over_id: int) -> HttpResponse:
    services.refuse_hand_over(hand_over_id, second_id=request.who.account_id, now=timezone.now())
    return HttpResponseRedirect(f"{reverse('helpdesk:hand-overs')}?fait=refuse")
