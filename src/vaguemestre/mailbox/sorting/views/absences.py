"""« Notifications d’absence »: the page, its preview, its state, and the banner of the webmail."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.calendar.rules.holidays import coming
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.forms.absence_shortcuts import filled
from vaguemestre.mailbox.sorting.forms.absences import AbsenceForm
from vaguemestre.mailbox.sorting.rules.absences import holds, is_over, previews
from vaguemestre.mailbox.sorting.rules.disclosures import disclosures
from vaguemestre.mailbox.sorting.rules.rich import plain_of
from vaguemestre.mailbox.sorting.rules.wordings import wordings
from vaguemestre.mailbox.sorting.values import Absence, Disclosure, Place

MOST_ASKED = 100  # addresses asked about at a time
_TABS = ((Place.FIRST, "Absence"), (Place.SECOND, "Absence suivante"), (Place.WEEKLY, "Jours non travaillés"))
_PROPOSED = 4  # school holidays


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def absence(request: SignedInRequest) -> HttpResponse:
    """The page; what is posted is saved first, then carried out while the person waits."""
    now, place, account_id = timezone.now(), _place(request), request.who.account_id
    if request.method != "POST":
        known = queries.absence_of(account_id, place)
        return _page(request, AbsenceForm.showing(known, now, place), now, {})
    form = AbsenceForm(request.POST, now=now, place=place)
    if not form.is_valid():
        return _refused(request, form, now)
    wanted = form.cleaned_data["absence"]
    event = services.save_absence(account_id, wanted, by=request.who.actor, now=now)
    run_now(event)
    shown = AbsenceForm.showing(wanted, now, place)
    if "HX-Request" in request.headers:
        facts = _facts(request, shown, now, {"said": True, "is_beside": True})
        return render(request, "sorting/absence_applied.html", facts)
    return _page(request, shown, now, {"said": True})


@require_POST
@signed_in
def fill(request: SignedInRequest) -> HttpResponse:
    """Fill the form for the person (holidays, a model, a replacement); nothing is kept."""
    now, place = timezone.now(), _place(request)
    form = AbsenceForm.typed(request.POST, filled(request.POST, request.who.name), now, place)
    told: dict[str, object] = {}
    if "chercher" in request.POST:
        asked = request.POST.get("qui", "").strip()
        told = {"asked": asked, "found": queries.cards_like(asked), "has_searched": True}
    if "HX-Request" in request.headers:
        return render(request, "sorting/absence_form.html", _facts(request, form, now, told))
    return _page(request, form, now, told)


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
    form = AbsenceForm(request.POST, now=now, place=_place(request))
    owner = queries.owner_of(request.who.account_id, now)
    form.is_valid()
    shown = form.cleaned_data.get("absence")
    internal, external = (
        previews(shown, owner, queries.cards_of([shown])) if shown and owner else (None, None)
    )
    told = {
        "has_dates": shown is not None,
        "previews": (("Correspondants internes", internal), ("Correspondants externes", external)),
        "disclosures": disclosures(plain_of(form.cleaned_data.get("external_text", ""))),
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
    """« Terminer maintenant »: what answers now, or the absence of the place named."""
    account_id = request.who.account_id
    place = _place(request) if "absence" in request.POST else None
    event = services.end_absence(account_id, by=request.who.actor, now=timezone.now(), place=place)
    is_done = run_now(event)
    if "HX-Request" in request.headers:
        return render(request, "sorting/banner.html", {"absence": None, "ended": True, "is_done": is_done})
    return HttpResponseRedirect(reverse("sorting:absence"))


def _place(request: HttpRequest) -> Place:
    """Which absence the page is about; the first unless another is named."""
    told = request.POST.get("absence") or request.GET.get("absence") or "1"
    return Place(int(told)) if told in ("1", "2", "3", "4") else Place.FIRST


def _refused(request: SignedInRequest, form: AbsenceForm, now: datetime) -> HttpResponse:
    """The form again, as typed, each error under its field."""
    if "HX-Request" not in request.headers:
        return _page(request, form, now, {}, status=422)
    answer = render(request, "sorting/absence_form.html", _facts(request, form, now, {}), status=422)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#absence", "outerHTML"
    return answer


def _page(
    request: SignedInRequest, form: AbsenceForm, now: datetime, told: dict[str, object], status: int = 200
) -> HttpResponse:
    return render(request, "sorting/absence.html", _facts(request, form, now, told), status=status)


def _facts(
    request: SignedInRequest, form: AbsenceForm, now: datetime, told: dict[str, object]
) -> dict[str, object]:
    replacement = form["replacement"].value()
    known = {one.place: one for one in queries.absences_of(request.who.account_id)}
    desk = known.get(Place.DESK)
    return {
        "form": form,
        "is_weekly": form.place is Place.WEEKLY,
        "places": [
            (place, name, place == form.place, _phase(known.get(place), now)) for place, name in _TABS
        ],
        "by_desk": desk if _phase(desk, now) in ("current", "coming") else None,
        "holidays": coming(settings.CONFIG.academy.school_zone, paris_day(now), _PROPOSED),
        "zone": settings.CONFIG.academy.school_zone,
        "models": wordings(request.who.name, None, None),
        "card": queries.card_of(int(replacement)) if str(replacement or "").isdigit() else None,
        **_state(request, known.get(form.place), now),
        **told,
    }


def _known_state(request: SignedInRequest, now: datetime) -> dict[str, object]:
    return _state(request, queries.absence_of(request.who.account_id, _place(request)), now)


def _state(request: SignedInRequest, known: Absence | None, now: datetime) -> dict[str, object]:
    """Where the absence stands."""
    phase = _phase(known, now)
    told: tuple[Disclosure, ...] = ()
    if known and phase not in ("off", "over"):
        told = disclosures(plain_of(known.external_text) if known.is_rich else known.external_text)
    return {
        "absence": known,
        "place": known.place if known else _place(request),
        "phase": phase,
        "applied": queries.applied_of(request.who.account_id),
        "disclosures": told,
    }


def _phase(known: Absence | None, now: datetime) -> str:
    """off, over, current, coming, resting (a weekly absence on a day of work)."""
    if known is None or not known.is_on:
        return "off"
    if is_over(known, now):
        return "over"
    if holds(known, now):
        return "current"
    return "resting" if known.weekdays else "coming"
