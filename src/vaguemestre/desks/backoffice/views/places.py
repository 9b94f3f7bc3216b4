"""Académies and establishments."""

from collections.abc import Callable
from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import reaches, within_academy
from vaguemestre.desks.backoffice import services
from vaguemestre.desks.backoffice.forms.administration import (
    AcademyForm,
    ChangeStructureForm,
    NewAcademyForm,
    NewStructureForm,
    StructureSearchForm,
)
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.events import OfficeChanged
from vaguemestre.people.credentials.services import set_span
from vaguemestre.people.directory.queries import (
    AcademySummary,
    academy_summaries,
    structure_kinds,
    structure_summary,
    structures_page,
)
from vaguemestre.schools.lists.queries import lists_within
from vaguemestre.schools.sharing.queries import box_of_structure, members_of

_ORDERS: dict[str, Callable[[AcademySummary], str | int]] = {
    "code": lambda academy: academy.code,
    "nom": lambda academy: without_accents(academy.name),
    "domaine": lambda academy: academy.domain,
    "etablissements": lambda academy: academy.structures,
    "personnes": lambda academy: academy.people,
}


@require_http_methods(["GET", "POST"])
@act_words("créer une académie")
def list_academies(request: SignedInRequest) -> HttpResponse:
    """The académies of this installation, and the form to create one with its management services."""
    return _create_academy(request) if request.method == "POST" else _academies(request)


@for_administrators
def _academies(request: SignedInRequest, form: NewAcademyForm | None = None) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(_ORDERS))
    search = listing.search
    matches = [
        academy
        for academy in academy_summaries()
        if without_accents(search) in without_accents(f"{academy.code} {academy.name} {academy.domain}")
    ]
    matches.sort(key=_ORDERS[listing.sort], reverse=listing.backwards)
    context = {
        "academies": listing.shown(matches),
        "total": len(matches),
        "listing": listing,
        "search": search,
        "form": form or NewAcademyForm(),
        "done": request.GET.get("fait", ""),
    }
    return render(request, "backoffice/academies.html", context, status=422 if form else 200)


@for_recent_administrators
def _create_academy(request: SignedInRequest) -> HttpResponse:
    form = NewAcademyForm(request.POST)
    if not form.is_valid():
        return _academies(request, form)
    data = form.cleaned_data
    services.found_academy(
        data["code"],
        data["name"],
        data["domain"],
        form.chosen_departments,
        by=actor_of(request),
        now=timezone.now(),
    )
    # With a second académie, offices become limited to their own: the user who adds it keeps both.
    set_span(request.who.account_id, spans=True, by=actor_of(request), now=timezone.now())
    run_now(OfficeChanged(request.who.account_id))
    return HttpResponseRedirect(f"{reverse('backoffice:academies')}?fait=creee")


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("renommer une académie")
def rename(request: SignedInRequest, academy_id: int) -> HttpResponse:
    academy = next(
        (candidate for candidate in academy_summaries() if candidate.academy_id == academy_id), None
    )
    if academy is None:
        raise Http404
    form = AcademyForm(request.POST or None, initial={"name": academy.name})
    if request.method == "POST" and form.is_valid():
        services.rename_academy(
            academy_id, form.cleaned_data["name"], by=actor_of(request), now=timezone.now()
        )
        return HttpResponseRedirect(f"{reverse('backoffice:academies')}?fait=renommee")
    context = {"form": form, "one": academy}  # `academy` is the name on top of every page
    return render(request, "backoffice/academy.html", context, status=422 if form.errors else 200)


@require_GET
@for_administrators
@within_academy
def list_structures(request: SignedInRequest) -> HttpResponse:
    form = StructureSearchForm(request.GET, structure_kinds())
    listing = Listing.of(request.GET, ("nom", "uai", "ville", "fermeture"))
    day = paris_day(timezone.now())
    rows, total = structures_page(
        replace(form.sought, academy_id=request.who.office_academy),
        day,
        order=listing.order,
        first=listing.first,
        count=listing.count,
    )
    context = {
        "form": form,
        "rows": rows,
        "total": total,
        "listing": listing,
        "day": day,
        "is_asked": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "backoffice/structures.html", context)


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("ajouter un établissement")
@within_academy
def open_structure(request: SignedInRequest) -> HttpResponse:
    form = NewStructureForm(request.POST or None, academy_id=request.who.office_academy)
    if request.method == "POST" and form.is_valid():
        try:
            structure_id = services.open_structure(
                form.cleaned_data["academy"],
                form.place,
                form.cleaned_data["opened_on"],
                by=actor_of(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("uai", sentence(refusal))
        else:
            return HttpResponseRedirect(f"{reverse('backoffice:structure', args=[structure_id])}?fait=1")
    context = {"form": form, "structure": None}
    return render(request, "backoffice/structure.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("modifier un établissement")
@within_academy
def change_structure(request: SignedInRequest, structure_id: int) -> HttpResponse:
    day = paris_day(timezone.now())
    structure = structure_summary(structure_id, day)
    if structure is None or not reaches(request, structure.academy_id):
        raise Http404
    initial = {
        name: getattr(structure, name) for name in ChangeStructureForm.base_fields if name != "successor"
    }
    initial["successor"] = structure.successor.uai if structure.successor else ""
    form = ChangeStructureForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_structure(
                structure_id,
                form.fields_by_name,
                form.days,
                form.cleaned_data["successor"],
                by=actor_of(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            return HttpResponseRedirect(f"{reverse('backoffice:structure', args=[structure_id])}?fait=1")
    context = {
        "form": form,
        "structure": structure,
        "day": day,
        "done": "fait" in request.GET,
        "lists": lists_within(structure.uai),
        **_box(structure_id),
    }
    return render(request, "backoffice/structure.html", context, status=422 if form.errors else 200)


def _box(structure_id: int) -> dict[str, object]:
    """The mailbox of the school and who opens it today: the names of its owners, how many others."""
    box = box_of_structure(structure_id)
    members = members_of(box.box_id, timezone.now()) if box else []
    names = [member.name for member in members if member.is_owner and not member.is_upcoming]
    others = sum(not member.is_owner and not member.is_upcoming for member in members)
    return {"box": box, "owners": names, "others": others}
