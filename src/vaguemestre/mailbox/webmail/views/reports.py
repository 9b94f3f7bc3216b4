"""Abuse reports of users, for administrators."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.offices import check_office, within_academy
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.post.reports import services
from vaguemestre.post.reports.queries import ORDERS, reports_page
from vaguemestre.post.reports.values import ReportKind


@require_GET
@signed_in
@within_academy
def list_reports(request: SignedInRequest) -> HttpResponse:
    """Reports of the kind `nature`, open ones or those closed (`etat`)."""
    _check_administrator(request)
    kind = request.GET.get("nature", "")
    kind = kind if kind in set(ReportKind) else ""
    done = request.GET.get("etat") == "traites"
    listing = Listing.of(request.GET, ("-date", *ORDERS))
    reports, total = reports_page(
        done=done,
        kind=kind,
        search=listing.search,
        order=listing.order,
        first=listing.first,
        count=listing.count,
        academy_id=request.who.office_academy,
    )
    context = {
        "reports": reports,
        "total": total,
        "listing": listing,
        "search": listing.search,
        "kind": kind,
        "done": done,
        "is_closed": "fait" in request.GET,
    }
    return render(request, "webmail/reports.html", context)


@require_POST
@signed_in
def close_reports(request: SignedInRequest) -> HttpResponse:
    """Close all reports of one sender."""
    _check_administrator(request)
    sender = request.POST.get("sender", "")[:254]
    services.close_reports(
        sender,
        by=account_subject(request.who.account_id),
        now=timezone.now(),
        academy_id=request.who.office_academy,
    )
    return HttpResponseRedirect(reverse("webmail:list-reports") + "?fait=1")


def _check_administrator(request: SignedInRequest) -> None:
    check_office(request, (AccountRole.ADMINISTRATOR,), list_reports)
