"""Held mail of the signed-in person: released or discarded."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.outbox import queries, services


@require_GET
@signed_in
def list_held(request: SignedInRequest) -> HttpResponse:
    submissions = queries.held_submissions(request.who.account_id)
    codes = dict.fromkeys(submission.hold_code for submission in submissions)
    context = {
        "submissions": submissions,
        "reasons": list(dict.fromkeys(sentence(Refusal(code)) for code in codes)),
        "done": request.GET.get("fait", ""),
    }
    return render(request, "tracking/held.html", context)


@require_POST
@recently_signed_in
@act_words("envoyer un courriel retenu")
def release(request: SignedInRequest) -> HttpResponse:
    """Release the selected messages, after re-authentication: a thief of the session must not."""
    account_id = request.who.account_id
    by = account_subject(account_id)
    for event in services.release_held(account_id, _selected_ids(request), by=by, now=timezone.now()):
        run_now(event)
    return HttpResponseRedirect(f"{reverse('tracking:held')}?fait=envoye")


@require_POST
@signed_in
def discard(request: SignedInRequest) -> HttpResponse:
    account_id = request.who.account_id
    by = account_subject(account_id)
    for event in services.discard_held(account_id, _selected_ids(request), by=by, now=timezone.now()):
        run_now(event)
    return HttpResponseRedirect(f"{reverse('tracking:held')}?fait=jete")


def _selected_ids(request: SignedInRequest) -> list[int]:
    return [int(value) for value in request.POST.getlist("message") if value.isdecimal() and len(value) < 19]
