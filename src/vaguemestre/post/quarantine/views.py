"""Quarantine: one's own, and verdicts for administrators."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.quarantine import queries, services
from vaguemestre.post.quarantine.labels_fr import REASONS, STATES
from vaguemestre.post.quarantine.ports import is_refused
from vaguemestre.post.quarantine.values import Reason


@require_GET
@signed_in
def list_own(request: SignedInRequest) -> HttpResponse:
    return _own_page(request)


@require_POST
@signed_in
def release_own(request: SignedInRequest, number: int) -> HttpResponse:
    """« Me le remettre »: the worker moves it to the inbox."""
    account_id = request.who.account_id  # of the shared mailbox, in one
    try:
        services.ask_release(number, account_id, is_refused.get(), by=request.who.actor, now=timezone.now())
    except Refusal as refusal:
        return _own_page(request, sentence(refusal))
    return HttpResponseRedirect(f"{reverse('quarantine:own')}?fait=1")


def _own_page(request: SignedInRequest, refusal: str = "") -> HttpResponse:
    listing = Listing.of(request.GET, ("-date",))
    messages, total = queries.own_messages(request.who.account_id, first=listing.first, count=listing.count)
    context = {
        "rows": [(message, REASONS[message.reason], STATES[message.state]) for message in messages],
        "total": total,
        "listing": listing,
        "refusal": refusal,
        "is_done": "fait" in request.GET,
        "is_shared": bool(request.who.acting),
        "days": settings.CONFIG.retention.quarantine_days,
    }
    return render(request, "quarantine/own.html", context, status=422 if refusal else 200)


@require_GET
@for_administrators
def search_verdicts(request: SignedInRequest) -> HttpResponse:
    """`q`: part of a mailbox, an envelope sender or the filter's words; `motif`. Never a subject."""
    return _verdicts_page(request)


@require_POST
@act_words("remettre un courriel en quarantaine")
@for_recent_administrators
def release_for_owner(request: SignedInRequest, number: int) -> HttpResponse:
    """Hand it over to its own mailbox, at the request of its owner, who sees it in « Mon activité »."""
    try:
        services.ask_release(number, None, is_refused.get(), by=actor_of(request), now=timezone.now())
    except Refusal as refusal:
        return _verdicts_page(request, sentence(refusal))
    return HttpResponseRedirect(f"{reverse('quarantine:verdicts')}?fait=1")


def _verdicts_page(request: SignedInRequest, refusal: str = "") -> HttpResponse:
    listing = Listing.of(request.GET, ("-date", *queries.ORDERS))
    reason = request.GET.get("motif", "")
    messages, total = queries.verdicts_page(
        search=listing.search,
        reason=reason if reason in REASONS else "",
        order=column_of(listing.order, queries.ORDERS),
        first=listing.first,
        count=listing.count,
    )
    known = queries.addresses_known(messages)
    context = {
        "rows": [
            (message, REASONS[message.reason], STATES[message.state], known[message.mailbox])
            for message in messages
        ],
        "total": total,
        "listing": listing,
        "search": listing.search,
        "reason": reason,
        "reasons": [(str(one), REASONS[one]) for one in Reason],
        "refusal": refusal,
        "is_done": "fait" in request.GET,
        "days": settings.CONFIG.retention.quarantine_days,
    }
    return render(request, "quarantine/verdicts.html", context, status=422 if refusal else 200)
