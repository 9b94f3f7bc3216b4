"""The home page of the administration: counts and pending decisions."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.administrators import for_administrators
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.breaches.queries import open_breaches
from vaguemestre.foundation.jobs.queries import count_failed_jobs
from vaguemestre.foundation.journal.chain import last_seal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.queries import (
    PeopleFilter,
    StructureFilter,
    academy_summaries,
    people_page,
    service_summaries,
    structures_page,
)
from vaguemestre.people.intake.queries import count_match_candidates, count_waiting_feeds, feeds_page


@require_GET
@for_administrators
@within_academy
def show_home(request: SignedInRequest) -> HttpResponse:
    day = paris_day(timezone.now())
    academy_id = request.who.office_academy
    feeds, feed_count = feeds_page(count=1, academy_id=academy_id)
    context = {
        "academies": academy_summaries(academy_id),
        "services": len(service_summaries(academy_id)),
        "structures": structures_page(
            StructureFilter(state="open", academy_id=academy_id), day, order="nom", first=0, count=1
        )[1],
        "people": people_page(PeopleFilter(academy_id=academy_id), first=0, count=1)[1],
        "waiting": count_waiting_feeds(academy_id),
        "match_candidates": count_match_candidates(academy_id),
        "feeds": feed_count,
        "last_feed": feeds[0] if feeds else None,
        "is_of_academy": bool(academy_id),
        "failed_jobs": 0 if academy_id else count_failed_jobs(),
        "lines": last_seal().number,
        "breaches": () if academy_id else open_breaches(timezone.now()),
    }
    return render(request, "backoffice/home.html", context)
