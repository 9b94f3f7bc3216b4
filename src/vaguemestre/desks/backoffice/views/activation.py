"""Accounts never activated, by establishment, and who they are; each also as a file."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_auditors, may_act
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.offices import reaches, within_academy
from vaguemestre.desks.backoffice import services
from vaguemestre.desks.backoffice.queries import SCHOOL_ORDERS, matching_schools
from vaguemestre.foundation.journal.values import structure_subject
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.files.sheets import csv_response
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.people.credentials.queries import (
    activation_by_school,
    count_never_activated,
    never_activated_in,
)
from vaguemestre.people.directory.queries import StructureSummary, shown_names, structure_summary

_HEADER = ("uai", "etablissement", "commune", "nom", "identifiant", "en poste depuis")


@require_GET
@for_auditors
@within_academy
def list_schools(request: SignedInRequest) -> HttpResponse:
    """The establishments with somebody who never activated their account."""
    academy_id = request.who.office_academy
    listing = Listing.of(request.GET, ("-nombre", *SCHOOL_ORDERS))
    schools = tuple(activation_by_school(paris_day(timezone.now()), academy_id))
    matches = matching_schools(schools, listing.search, listing.sort, backwards=listing.backwards)
    context = {
        "rows": listing.shown(matches),
        "total": len(matches),
        "people": count_never_activated(academy_id),
        "listing": listing,
        "search": listing.search,
        "may_act": may_act(request),
    }
    return render(request, "backoffice/never_activated.html", context)


@require_GET
@for_administrators
@within_academy
def show_school(request: SignedInRequest, structure_id: int) -> HttpResponse:
    """Who they are, those who have waited longest first."""
    school = _school(request, structure_id)
    people = never_activated_in(structure_id, paris_day(timezone.now()), request.who.office_academy)
    names = shown_names({person.person_id for person in people})
    rows = [(names.get(person.person_id, person.username), person) for person in people]
    return render(request, "backoffice/never_activated_school.html", {"school": school, "rows": rows})


@require_GET
@for_administrators
@within_academy
def download_school(request: SignedInRequest, structure_id: int) -> HttpResponseBase:
    """The same as a file; the download is journaled."""
    school, day = _school(request, structure_id), paris_day(timezone.now())
    people = never_activated_in(structure_id, day, request.who.office_academy)
    names = shown_names({person.person_id for person in people})
    services.record_download(
        "never-activated", structure_subject(structure_id), by=actor_of(request), now=timezone.now()
    )
    cells = (
        (
            school.uai, school.name, school.town, names.get(person.person_id, ""), person.username,
            f"{person.since:%d/%m/%Y}",
        )
        for person in people
    )  # fmt: skip
    return csv_response(f"jamais-actives-{school.uai}", _HEADER, cells)


def _school(request: SignedInRequest, structure_id: int) -> StructureSummary:
    structure = structure_summary(structure_id, paris_day(timezone.now()))
    if structure is None or not reaches(request, structure.academy_id):
        raise Http404
    return structure
