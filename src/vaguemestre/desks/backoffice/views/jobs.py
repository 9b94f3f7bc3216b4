"""Jobs whose attempts all failed: run again, or given up with a reason."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.desks.backoffice import services
from vaguemestre.foundation.jobs.queries import ORDERS, failed_jobs_page
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence


@require_GET
@for_administrators
def list_failed(request: SignedInRequest) -> HttpResponse:
    return _page(request)


@require_POST
@act_words("relancer un travail en échec")
@for_recent_administrators
def run_again(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    return _decided(request, lambda: services.run_job_again(job_id, by=actor_of(request), now=timezone.now()))


@require_POST
@act_words("abandonner un travail en échec")
@for_recent_administrators
def give_up(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _decided(
        request, lambda: services.give_job_up(job_id, reason, by=actor_of(request), now=timezone.now())
    )


def _decided(request: SignedInRequest, decide: Callable[[], None]) -> HttpResponse:
    try:
        decide()
    except Refusal as refusal:
        return _page(request, refusal=sentence(refusal), status=422)
    return HttpResponseRedirect(reverse("backoffice:jobs"))


def _page(request: SignedInRequest, *, refusal: str = "", status: int = 200) -> HttpResponse:
    listing = Listing.of(request.GET, ("-date", *ORDERS))
    jobs, total = failed_jobs_page(
        search=listing.search,
        order=column_of(listing.order, ORDERS),
        first=listing.first,
        count=listing.count,
    )
    context = {"jobs": jobs, "total": total, "listing": listing, "search": listing.search, "refusal": refusal}
    return render(request, "backoffice/jobs.html", context, status=status)
