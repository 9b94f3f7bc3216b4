"""What the gate held, for its sender: released once or thrown away."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.outbox import queries, services


@require_GET
@signed_in
def list_held(request: SignedInRequest) -> HttpResponse:
    held = queries.held_of(request.who.account_id)
    reasons = list(dict.fromkeys(sentence(Refusal(passage.hold_code)) for passage in held))
    done = request.GET.get("fait", "")
    return render(request, "tracking/held.html", {"held": held, "reasons": reasons, "done": done})


@require_POST
@recently_signed_in
def release(request: SignedInRequest) -> HttpResponse:
    """Whoever is at the keyboard has just proved who they are."""
    account_id = request.who.account_id
    by = f"account:{account_id}"
    for ended in services.release_held(account_id, _chosen(request), by=by, now=timezone.now()):
        run_now(ended)
    return HttpResponseRedirect(f"{reverse('tracking:held')}?fait=envoye")


@require_POST
@signed_in
def discard(request: SignedInRequest) -> HttpResponse:
    account_id = request.who.account_id
    by = f"account:{account_id}"
    for ended in services.discard_held(account_id, _chosen(request), by=by, now=timezone.now()):
        run_now(ended)
    return HttpResponseRedirect(f"{reverse('tracking:held')}?fait=jete")


def _chosen(request: SignedInRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("courriel") if one.isdecimal() and len(one) < 19]
