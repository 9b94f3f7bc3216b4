"""Announcements, written by administrators and shown on home pages."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators
from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.access.signin.ports import revocations
from vaguemestre.desks.portal import queries, services
from vaguemestre.desks.portal.forms import AnnouncementForm
from vaguemestre.desks.portal.rules.home import urgent_announcement, with_read
from vaguemestre.desks.portal.values import Announcement, Importance
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.values import Preferences
from vaguemestre.people.directory.queries import academy_summaries

_STATES = {"affiche": "Affichées", "a-venir": "À venir", "termine": "Terminées"}


@require_GET
@for_administrators
@within_academy
def list_announcements(request: SignedInRequest) -> HttpResponse:
    today = paris_day(timezone.now())
    listing = Listing.of(request.GET, ("-fin", *queries.ORDERS))
    state = request.GET.get("etat", "")
    state = state if state in _STATES else ""
    announcements, total = queries.announcements_page(
        today,
        request.who.office_academy,
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
        "academies": dict(_academies(request)),
        "today": today,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "portal/announcements.html", context)


@require_http_methods(["GET", "POST"])
@for_administrators
@within_academy
def edit_announcement(request: SignedInRequest, number: int = 0) -> HttpResponse:
    """Create an announcement, or edit an existing one."""
    office = request.who.office_academy
    announcement = queries.find_announcement(number, office) if number else None
    if number and announcement is None:
        raise Http404
    form = AnnouncementForm(
        request.POST or None,
        initial=_initial(announcement),
        academies=_academies(request),
        is_mailed=bool(announcement and announcement.is_mailed),
    )
    if request.method == "POST" and form.is_valid():
        saved = form.announcement(number)
        try:
            number = services.save_announcement(
                saved, by=actor_of(request), now=timezone.now(), office_academy=office
            )
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            done = _done(announcement, queries.find_announcement(number, office))
            return HttpResponseRedirect(f"{reverse('portal:announcements')}?fait={done}")
    return render(request, "portal/announcement.html", {"form": form, "number": number})


@require_POST
@for_administrators
@within_academy
def withdraw_announcement(request: SignedInRequest, number: int) -> HttpResponse:
    services.withdraw_announcement(
        number, by=actor_of(request), now=timezone.now(), office_academy=request.who.office_academy
    )
    return HttpResponseRedirect(f"{reverse('portal:announcements')}?fait=retire")


def show_urgent(request: SignedInRequest) -> HttpResponse:
    """The line above the mail with an announcement to read without delay; empty if there is none."""
    return _urgent(request, request.who.preferences)


@require_POST
@signed_in
def mark_read(request: SignedInRequest, number: int) -> HttpResponse:
    """No longer show that announcement above the mail; answers with the next one, if any."""
    who, today = request.who, paris_day(timezone.now())
    services.mark_announcement_read(who.account_id, number, who.preferences, today)
    revocations.get().refresh()  # workers reload the person
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(reverse("portal:home"))
    return _urgent(request, with_read(who.preferences, number))


def _urgent(request: SignedInRequest, preferences: Preferences) -> HttpResponse:
    """The urgent announcement, if any; none in a shared mailbox, where it would be read for all members."""
    who = request.who
    displayed = [] if who.acting else queries.announcements_on(paris_day(timezone.now()), who.academy_id)
    context = {"announcement": urgent_announcement(displayed, preferences)}
    return render(request, "portal/urgent.html", context)


def _done(before: Announcement | None, after: Announcement | None) -> str:
    """What the list says of an announcement just saved: what becomes of its mail."""
    was_mailed, is_mailed = bool(before and before.is_mailed), bool(after and after.is_mailed)
    if before and after and was_mailed and is_mailed:
        return "publie" if before.mail_act_id == after.mail_act_id else "refait"
    if was_mailed:
        return "parti"
    return "courriel" if is_mailed else "publie"


def _academies(request: SignedInRequest) -> list[tuple[int, str]]:
    """The académies to choose among: none for an office of one of them, or where there is only one."""
    if request.who.office_academy:
        return []
    names = [(academy.academy_id, academy.name) for academy in academy_summaries()]
    return names if len(names) > 1 else []


def _initial(announcement: Announcement | None) -> dict[str, Any]:
    if announcement is None:
        return {"importance": Importance.PLAIN.value, "starts_on": paris_day(timezone.now())}
    return {
        "title": announcement.title,
        "text": announcement.text,
        "importance": announcement.importance.value,
        "starts_on": announcement.starts_on,
        "ends_on": announcement.ends_on,
        "academy_id": announcement.academy_id,
    }
