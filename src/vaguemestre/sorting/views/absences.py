"""« Notifications d’absence »: the page, its preview, its state, and the banner of the webmail."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.jobs.services import run_now
from vaguemestre.signin.http import SignedInRequest, signed_in
from vaguemestre.sorting import queries, services
from vaguemestre.sorting.forms.absences import AbsenceForm
from vaguemestre.sorting.rules.absences import holds, is_over, previews
from vaguemestre.sorting.rules.disclosures import disclosures
from vaguemestre.sorting.values import Absence

MOST_ASKED = 100  # addresses asked about at a time


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def absence(request: SignedInRequest) -> HttpResponse:
    """The page; what is posted is saved first, then carried out while the person waits."""
    now = timezone.now()
    if request.method != "POST":
        known = queries.absence_of(request.who.account_id)
        return _page(request, AbsenceForm.showing(known, now), now, {})
    form = AbsenceForm(request.POST, now=now)
    if not form.is_valid():
        return _refused(request, form, now)
    wanted = form.cleaned_data["absence"]
    event = services.save_absence(
        request.who.account_id, wanted, by=f"account:{request.who.account_id}", now=now
    )
    run_now(event)
    if "HX-Request" in request.headers:
        return render(request, "sorting/absence_state.html", {"said": True, **_state(request, wanted, now)})
    return _page(request, AbsenceForm.showing(wanted, now), now, {"said": True})


@require_GET
@signed_in
def state(request: SignedInRequest) -> HttpResponse:
    """Asked again by the page until Dovecot has what was saved."""
    now = timezone.now()
    return render(request, "sorting/absence_state.html", {"said": True, **_known_state(request, now)})


@require_POST
@signed_in
def preview(request: SignedInRequest) -> HttpResponse:
    """Both replies as they will be read; nothing is kept."""
    now = timezone.now()
    form = AbsenceForm(request.POST, now=now)
    owner = queries.owner_of(request.who.account_id, now)
    form.is_valid()
    shown = form.cleaned_data.get("absence")
    internal, external = previews(shown, owner) if shown and owner else (None, None)
    told = {
        "has_dates": shown is not None,
        "previews": (("Correspondants internes", internal), ("Correspondants externes", external)),
        "disclosures": disclosures(form.cleaned_data.get("external_text", "")),
    }
    if "HX-Request" in request.headers:
        return render(request, "sorting/absence_preview.html", {"form": form, **told})
    return _page(request, form, now, {"has_preview": True, **told})


@require_GET
@signed_in
def banner(request: SignedInRequest) -> HttpResponse:
    """A line for the webmail while replies leave; empty otherwise."""
    current = queries.current_absence(request.who.account_id, timezone.now())
    return render(request, "sorting/banner.html", {"absence": current})


@require_GET
@signed_in
def colleagues(request: SignedInRequest) -> HttpResponse:
    """Who of the addresses asked (`a`, several) is away: a line each, for whoever is writing to them."""
    asked = request.GET.getlist("a")[:MOST_ASKED]
    away = queries.absent_until(asked, timezone.now())
    return render(request, "sorting/colleagues.html", {"away": away})


@require_POST
@signed_in
def end(request: SignedInRequest) -> HttpResponse:
    """« Terminer maintenant »."""
    account_id = request.who.account_id
    event = services.end_absence(account_id, by=f"account:{account_id}", now=timezone.now())
    is_done = run_now(event)
    if "HX-Request" in request.headers:
        return render(request, "sorting/banner.html", {"absence": None, "ended": True, "is_done": is_done})
    return HttpResponseRedirect(reverse("sorting:absence"))


def _refused(request: SignedInRequest, form: AbsenceForm, now: datetime) -> HttpResponse:
    """The form again, as typed, each error under its field."""
    if "HX-Request" not in request.headers:
        return _page(request, form, now, {}, status=422)
    answer = render(
        request, "sorting/absence_form.html", {"form": form, **_known_state(request, now)}, status=422
    )
    answer["HX-Retarget"], answer["HX-Reswap"] = "#absence", "outerHTML"
    return answer


def _page(
    request: SignedInRequest, form: AbsenceForm, now: datetime, told: dict[str, object], status: int = 200
) -> HttpResponse:
    facts = {"form": form, **_known_state(request, now), **told}
    return render(request, "sorting/absence.html", facts, status=status)


def _known_state(request: SignedInRequest, now: datetime) -> dict[str, object]:
    return _state(request, queries.absence_of(request.who.account_id), now)


def _state(request: SignedInRequest, known: Absence | None, now: datetime) -> dict[str, object]:
    """Where the absence stands. `phase`: off, over, current, coming."""
    phase = "off"
    if known and known.is_on:
        phase = "over" if is_over(known, now) else "current" if holds(known, now) else "coming"
    return {
        "absence": known,
        "phase": phase,
        "applied": queries.applied_of(request.who.account_id),
        "disclosures": disclosures(known.external_text) if known and phase != "off" else (),
    }
