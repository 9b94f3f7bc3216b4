"""Announcements, written by administrators and shown on home pages."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.offices import check_office
from vaguemestre.desks.portal import queries, services
from vaguemestre.desks.portal.forms import AnnouncementForm
from vaguemestre.desks.portal.values import Announcement, Importance
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence

_STATES = {"affiche": "Affichées", "a-venir": "À venir", "termine": "Terminées"}


@require_GET
@signed_in
def list_announcements(request: SignedInRequest) -> HttpResponse:
    _check_role(request)
    today = paris_day(timezone.now())
    listing = Listing.of(request.GET, ("-fin", *queries.ORDERS))
    state = request.GET.get("etat", "")
    state = state if state in _STATES else ""
    announcements, total = queries.announcements_page(
        today,
        search=listing.search,
        state=state,
        order=listing.order,
        first=listing.first,
        count=listing.count,
    )
    context = {
        "announcements": announcements,
        "total": total,
        "listing": listing,
        "search": listing.search,
        "state": state,
        "states": list(_STATES.items()),
        "today": today,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "portal/announcements.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def edit_announcement(request: SignedInRequest, number: int = 0) -> HttpResponse:
    """Create an announcement, or edit an existing one."""
    _check_role(request)
    announcement = queries.find_announcement(number) if number else None
    if number and announcement is None:
        raise Http404
    form = AnnouncementForm(request.POST or None, initial=_initial(announcement))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_announcement(form.announcement(number), by=_by(request), now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            return HttpResponseRedirect(f"{reverse('portal:announcements')}?fait=publie")
    return render(request, "portal/announcement.html", {"form": form, "number": number})


@require_POST
@signed_in
def withdraw_announcement(request: SignedInRequest, number: int) -> HttpResponse:
    _check_role(request)
    services.withdraw_announcement(number, by=_by(request), now=timezone.now())
    return HttpResponseRedirect(f"{reverse('portal:announcements')}?fait=retire")


def _check_role(request: SignedInRequest) -> None:
    check_office(request, ("administrator",))


def _by(request: SignedInRequest) -> str:
    return f"account:{request.who.account_id}"


def _initial(announcement: Announcement | None) -> dict[str, Any]:
    if announcement is None:
        return {"importance": Importance.PLAIN.value, "starts_on": paris_day(timezone.now())}
    return {
        "title": announcement.title,
        "text": announcement.text,
        "importance": announcement.importance.value,
        "starts_on": announcement.starts_on,
        "ends_on": announcement.ends_on,
    }
