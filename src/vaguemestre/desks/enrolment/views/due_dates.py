"""« À venir »: what is planned for the people of a service, such as ends of posts, suspensions, closings."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.http import OfficerRequest, for_officers
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.people.lifecycle import rules

HORIZONS = (30, 90, 365)  # days
_DEFAULT = 90
_ORDERS = ("jour", "nom")


@require_GET
@for_officers
def list_upcoming(request: OfficerRequest) -> HttpResponse:
    """`jours`: how far to look; `q`: words of a name, an establishment or what is planned."""
    listing = Listing.of(request.GET, _ORDERS)
    asked = listing.query.get("jours", "")
    days = int(asked) if asked in map(str, HORIZONS) else _DEFAULT
    today = paris_day(timezone.now())
    dues = queries.due_dates(
        request.scope,
        rules.consequence_table(settings.CONFIG.lifecycle_delays()),
        today,
        today + timedelta(days=days),
        words=listing.search,
        order=listing.order,
        first=listing.first,
        count=listing.count,
    )
    context = {
        "dues": dues.page,
        "total": dues.total,
        "is_cut": dues.is_cut,
        "listing": listing,
        "days": days,
        "horizons": HORIZONS,
        "search": listing.search,
    }
    return render(request, "enrolment/upcoming.html", context)
