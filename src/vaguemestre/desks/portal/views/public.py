"""Public pages: help, accessibility, privacy, charter."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vaguemestre.access.assistant.values import CHARTER
from vaguemestre.access.signin.http import who_asks
from vaguemestre.desks.portal.ports import processing_sheets
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.people.credentials.queries import charter_accepted


@require_GET
def show_help(request: HttpRequest) -> HttpResponse:
    academy = academy_of(request)
    desk = {"phone": academy.help_phone, "hours": academy.help_hours, "address": academy.help_address}
    return render(request, "portal/help.html", {"desk": desk if any(desk.values()) else None})


@require_GET
def show_accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html", {"contact": academy_of(request).help_address})


@require_GET
def show_privacy(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "portal/privacy.html",
        {
            "officer": academy_of(request).privacy_address,
            "sheets": processing_sheets.get()(),
        },
    )


@require_GET
def show_charter(request: HttpRequest) -> HttpResponse:
    who = who_asks(request)
    is_asked = who is not None and charter_accepted(who.account_id) != CHARTER
    context = {"version": CHARTER, "is_asked": is_asked, "done": "fait" in request.GET}
    return render(request, "portal/charter.html", context)
