"""People of a feed who may be people of the service, for an officer to decide."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import act_words
from vaguemestre.desks.enrolment.http import OfficerRequest, for_officers
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.intake import services as intake
from vaguemestre.people.intake.queries import (
    MATCH_CANDIDATE_ORDERS,
    academy_of_managed_match_candidate,
    match_comparisons_page,
)


@require_GET
@for_officers
def list_match_candidates(request: OfficerRequest) -> HttpResponse:
    return _page(request)


@require_POST
@for_officers
@act_words("répondre à une ressemblance")
def answer(request: OfficerRequest, candidate_id: int) -> HttpResponse:
    """Record the decision `answer`: `meme` person, or `autre`; `reprendre` takes it back."""
    academy_id, decision = (
        academy_of_managed_match_candidate(request.scope.services, candidate_id),
        request.POST.get("answer"),
    )
    if academy_id is None or decision not in ("meme", "autre", "reprendre"):
        raise Http404
    by = account_subject(request.who.account_id)
    try:
        if decision == "reprendre":
            intake.take_back_answer(academy_id, candidate_id, by=by, now=timezone.now())
            return HttpResponseRedirect(f"{reverse('enrolment:match-candidates')}?repris=1")
        intake.answer_match_candidate(
            academy_id, candidate_id, same=decision == "meme", by=by, now=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, problem=sentence(refusal))
    return HttpResponseRedirect(f"{reverse('enrolment:match-candidates')}?fait=1")


def _page(request: OfficerRequest, *, problem: str = "") -> HttpResponse:
    listing = Listing.of(request.GET, tuple(MATCH_CANDIDATE_ORDERS))
    is_open = request.GET.get("etat", "") != "tranches"
    rows, total = match_comparisons_page(
        request.scope.services,
        numen_keys.get(),
        paris_day(timezone.now()),
        open_only=is_open,
        search=listing.search,
        order=listing.order,
        first=listing.first,
        count=listing.count,
    )
    context = {
        "rows": rows,
        "total": total,
        "listing": listing,
        "is_open": is_open,
        "search": listing.search,
        "done": "fait" in request.GET,
        "is_taken_back": "repris" in request.GET,
        "problem": problem,
    }
    return render(request, "enrolment/match_candidates.html", context, status=409 if problem else 200)
