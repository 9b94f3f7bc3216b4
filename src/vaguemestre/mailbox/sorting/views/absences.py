"""« Notifications d’absence »: the page, its preview, its state, and the banner of the webmail."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.queries import hidden_academies
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.mailbox.calendar.rules.holidays import coming_holidays
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.forms.absence_days import following_days
from vaguemestre.mailbox.sorting.forms.absence_shortcuts import shortcut_fields
from vaguemestre.mailbox.sorting.forms.absences import AbsenceForm
from vaguemestre.mailbox.sorting.rules.absences import absence_phase, reply_previews, reply_texts
from vaguemestre.mailbox.sorting.rules.disclosures import disclosures
from vaguemestre.mailbox.sorting.rules.reply_templates import templates_for
from vaguemestre.mailbox.sorting.rules.rich import plain_of
from vaguemestre.mailbox.sorting.values import (
    Absence,
    AbsencePhase,
    Disclosure,
    Place,
    Replacement,
    ReplyPreview,
)

MAX_COLLEAGUES = 100  # addresses in one request
_TABS = ((Place.FIRST, "Absence"), (Place.SECOND, "Absence suivante"), (Place.WEEKLY, "Jours non travaillés"))
_MAX_HOLIDAYS = 4


class AbsenceTab(NamedTuple):
    place: Place
    name: str
    is_current: bool
    phase: AbsencePhase


@dataclass(frozen=True)
class ReplacementSearch:
    """Search for a replacement in the phone book, and its results."""

    query: str
    people: Sequence[Replacement]


@dataclass(frozen=True)
class AbsencePreview:
    """Both replies with their titles; `is_complete`: the form holds a valid absence."""

    is_complete: bool
    replies: tuple[tuple[str, ReplyPreview | None], ...]
    disclosures: tuple[Disclosure, ...]


@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def absence(request: SignedInRequest) -> HttpResponse:
    """Show the page, or save the form and apply it while the person waits."""
    now, place, account_id = timezone.now(), _place(request), request.who.account_id
    stored = queries.absence_of(account_id, place)
    if request.method != "POST":
        return _page(request, AbsenceForm.of_absence(stored, now, place), now)
    typed = following_days(request.POST)
    form = AbsenceForm.of_sent(typed, stored, now, place)
    if not form.is_valid():
        return _refused(request, form, now)
    saved = form.cleaned_data["absence"]
    if not queries.replacements_of([saved], hidden_academies=hidden_academies(request.who)):
        saved = replace(saved, replacement_id=None)
    try:
        event = services.save_absence(account_id, saved, by=request.who.actor, now=now)
    except Refusal as refusal:  # of a replacement that the phone book no longer shows
        form.add_refusal(refusal)
        return _refused(request, form, now)
    run_now(event)
    has_other_values = "was_refused" in request.POST or form.kept
    form = AbsenceForm.of_absence(saved, now, place)
    if "HX-Request" in request.headers:
        context = _context(request, form, now, is_saved=True) | {"is_out_of_band": True}
        if has_other_values:
            return _in_place_of_form(render(request, "sorting/absence_corrected.html", context))
        context["is_redated"] = typed is not request.POST
        return render(request, "sorting/absence_applied.html", context)
    return _page(request, form, now, is_saved=True)


@require_POST
@signed_in
def fill(request: SignedInRequest) -> HttpResponse:
    """Fill the form for the person (holidays, a template, a replacement); nothing is saved."""
    now, place = timezone.now(), _place(request)
    is_box = request.who.acting is not None
    filled = shortcut_fields(request.POST, request.who.name, is_box=is_box)
    form = AbsenceForm.of_typed(request.POST, filled, now, place)
    search = None
    if "search" in request.POST:
        search = _search(request, request.POST.get("query", "").strip())
    if "HX-Request" in request.headers:
        return render(request, "sorting/absence_form.html", _context(request, form, now, search=search))
    return _page(request, form, now, search=search)


@require_GET
@signed_in
def state(request: SignedInRequest) -> HttpResponse:
    """Polled by the page until Dovecot runs what was saved."""
    status = queries.absence_status(request.who.account_id, _place(request), timezone.now())
    return render(request, "sorting/absence_state.html", {"is_saved": True, "status": status})


@require_POST
@signed_in
def preview(request: SignedInRequest) -> HttpResponse:
    """Preview both replies as correspondents will read them; nothing is saved."""
    now = timezone.now()
    form = AbsenceForm(following_days(request.POST), now=now, place=_place(request))
    owner = queries.owner_of(request.who.account_id, now)
    form.is_valid()
    typed: Absence | None = form.cleaned_data.get("absence")
    hidden = hidden_academies(request.who)
    replacements = queries.replacements_of([typed] if typed else [], hidden_academies=hidden)
    internal, external = reply_previews(typed, owner, replacements) if typed and owner else (None, None)
    result = AbsencePreview(
        is_complete=typed is not None,
        replies=(("Correspondants internes", internal), ("Correspondants externes", external)),
        disclosures=disclosures(plain_of(form.cleaned_data.get("external_text", ""))),
    )
    if "HX-Request" in request.headers:
        return render(request, "sorting/absence_preview.html", {"form": form, "preview": result})
    return _page(request, form, now, preview=result)


def show_banner(request: SignedInRequest) -> HttpResponse:
    """The line above the mail while replies are sent; empty otherwise.

    Every member of a shared mailbox sees it, with the texts; who manages it may end the absence.
    """
    current = queries.current_absence(request.who.account_id, timezone.now())
    context: dict[str, Any] = {"absence": current, "acting": request.who.acting}
    if current and request.who.acting:
        replacements = queries.replacements_of([current])
        texts = reply_texts(current, replacements)
        context["texts"] = [plain_of(text) if current.is_rich else text for text in texts]
    return render(request, "sorting/banner.html", context)


@require_GET
@signed_in
def colleagues(request: SignedInRequest) -> HttpResponse:
    """One line for each of the addresses `a` (several) that is away, for the composer."""
    addresses = request.GET.getlist("a")[:MAX_COLLEAGUES]
    away = queries.absent_until(addresses, timezone.now())
    return render(request, "sorting/colleagues.html", {"away": away})


@require_POST
@signed_in
def end(request: SignedInRequest) -> HttpResponse:
    """« Terminer maintenant »: end the absence that answers now, or the one named by `absence`."""
    account_id = request.who.account_id
    place = _place(request) if "absence" in request.POST else None
    event = services.end_absence(account_id, by=request.who.actor, now=timezone.now(), place=place)
    is_done = run_now(event)
    if "HX-Request" in request.headers:
        return render(
            request,
            "sorting/banner.html",
            {"absence": None, "has_ended": True, "is_done": is_done, "acting": request.who.acting},
        )
    return HttpResponseRedirect(reverse("sorting:absence"))


def _place(request: HttpRequest) -> Place:
    """Kind of absence the request is about; the first by default."""
    number = request.POST.get("absence") or request.GET.get("absence") or "1"
    return Place(int(number)) if number in ("1", "2", "3", "4") else Place.FIRST


def _refused(request: SignedInRequest, form: AbsenceForm, now: datetime) -> HttpResponse:
    """The form again as typed, each error under its field; the keyboard goes to the first one."""
    for field in form:
        if field.errors and not field.is_hidden:
            field.field.widget.attrs["autofocus"] = True
            break
    search = _search(request, form.replacement_query) if form.replacement_query else None
    if "HX-Request" not in request.headers:
        return _page(request, form, now, search=search, status=422)
    context = _context(request, form, now, search=search)
    return _in_place_of_form(render(request, "sorting/absence_form.html", context, status=422))


def _search(request: SignedInRequest, query: str) -> ReplacementSearch:
    """People of that name in the phone book, as this person may see it."""
    candidates = queries.replacement_candidates(query, hidden_academies=hidden_academies(request.who))
    return ReplacementSearch(query, candidates)


def _in_place_of_form(answer: HttpResponse) -> HttpResponse:
    answer["HX-Retarget"], answer["HX-Reswap"] = "#absence", "outerHTML"
    return answer


def _page(
    request: SignedInRequest,
    form: AbsenceForm,
    now: datetime,
    *,
    is_saved: bool = False,
    search: ReplacementSearch | None = None,
    preview: AbsencePreview | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _context(request, form, now, is_saved=is_saved, search=search) | {"preview": preview}
    return render(request, "sorting/absence.html", context, status=status)


def _context(
    request: SignedInRequest,
    form: AbsenceForm,
    now: datetime,
    *,
    is_saved: bool = False,
    search: ReplacementSearch | None = None,
) -> dict[str, Any]:
    account_id, zone = request.who.account_id, academy_of(request).school_zone
    by_place = {absence.place: absence for absence in queries.absences_of(account_id)}
    desk_absence = by_place.get(Place.DESK)
    replacement_id = str(form["replacement"].value() or "")
    return {
        "form": form,
        "status": queries.absence_status(account_id, form.place, now),
        "is_saved": is_saved,
        "is_weekly": form.place is Place.WEEKLY,
        "absence_tabs": [
            AbsenceTab(place, name, place == form.place, absence_phase(by_place.get(place), now))
            for place, name in _TABS
        ],
        "desk_absence": (
            desk_absence
            if absence_phase(desk_absence, now) in (AbsencePhase.CURRENT, AbsencePhase.COMING)
            else None
        ),
        "holidays": coming_holidays(zone, paris_day(now), _MAX_HOLIDAYS),
        "zone": zone,
        "templates": templates_for(request.who.name, None, None, is_box=request.who.acting is not None),
        "replacement": (
            queries.replacement_of(int(replacement_id), hidden_academies=hidden_academies(request.who))
            if replacement_id.isdecimal() and len(replacement_id) < 16
            else None
        ),
        "search": search,
    }
