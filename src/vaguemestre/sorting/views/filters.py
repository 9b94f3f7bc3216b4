"""« Filtres »: the list in plain sentences, one filter's form, its trial on what came before."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.jobs.services import run_now
from vaguemestre.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.sorting import queries, services
from vaguemestre.sorting.events import SortingChanged
from vaguemestre.sorting.forms.filters import FilterForm, quoted, shown_condition
from vaguemestre.sorting.http import has_proof, proof
from vaguemestre.sorting.ports import folders_of, recent_of
from vaguemestre.sorting.rules.filters import fits, is_fully_seen
from vaguemestre.sorting.values import Choice, Filter

TRIED = 200  # messages a trial looks at


@dataclass(frozen=True)
class Sentence:
    """A filter as it is read: its conditions and what follows, in words."""

    filter_id: int
    name: str
    is_on: bool
    joint: str
    conditions: tuple[str, ...]
    deeds: tuple[str, ...]


@require_GET
@signed_in
def list_filters(request: SignedInRequest) -> HttpResponse:
    folders = _folders(request)
    known = queries.filters_of(request.who.account_id)
    told = {
        "filters": [_sentence(one, folders) for one in known],
        "applied": queries.applied_of(request.who.account_id),
        "said": "fait" in request.GET,
    }
    return render(request, "sorting/filters.html", told)


@require_GET
@signed_in
def state(request: SignedInRequest) -> HttpResponse:
    applied = queries.applied_of(request.who.account_id)
    return render(request, "sorting/filters_state.html", {"applied": applied, "said": True})


@require_GET
@recently_signed_in
def new_filter(request: SignedInRequest) -> HttpResponse:
    return _form_page(request, FilterForm(folders=_folders(request)))


@require_GET
@recently_signed_in
def edit_filter(request: SignedInRequest, filter_id: int) -> HttpResponse:
    known = _known(request, filter_id)
    return _form_page(request, FilterForm(folders=_folders(request), known=known), known)


@require_POST
@signed_in
def save_filter(request: SignedInRequest, filter_id: int = 0) -> HttpResponse:
    """Keep it, try it, or add a line: three buttons of one form."""
    if not has_proof(request):
        return HttpResponseRedirect(reverse("sorting:new-filter"))
    known = _known(request, filter_id) if filter_id else None
    folders = _folders(request)
    form = FilterForm(request.POST, folders=folders, known=known)
    if "more" in request.POST:
        form.with_one_line_more()
        return _form_page(request, form, known)
    if not form.is_valid() or form.wanted is None:
        return _form_page(request, form, known, status=422)
    if "try" in request.POST:
        return _form_page(request, form, known, tried=_trial(request, form.wanted))
    names = [one.name for one in folders]
    return _done(services.save_filter(
        request.who.account_id, form.wanted, names, by=_by(request), now=timezone.now()
    ))  # fmt: skip


@require_POST
@signed_in
def change_filter(request: SignedInRequest, filter_id: int, act: str) -> HttpResponse:
    """On, off, up, down, gone: none of these makes mail go anywhere it did not."""
    account_id, now = request.who.account_id, timezone.now()
    match act:
        case "monter" | "descendre":
            event = services.shift_filter(account_id, filter_id, -1 if act == "monter" else 1)
        case "activer" | "desactiver":
            event = services.switch_filter(
                account_id, filter_id, is_on=act == "activer", by=_by(request), now=now
            )
        case "supprimer":
            event = services.drop_filter(account_id, filter_id, by=_by(request), now=now)
        case _:
            raise Http404
    return _done(event)


def _done(event: SortingChanged) -> HttpResponse:
    run_now(event)
    return HttpResponseRedirect(f"{reverse('sorting:filters')}?fait=1")


def _by(request: SignedInRequest) -> str:
    return f"account:{request.who.account_id}"


def _known(request: SignedInRequest, filter_id: int) -> Filter:
    known = queries.filter_of(request.who.account_id, filter_id)
    if known is None:
        raise Http404
    return known


def _folders(request: SignedInRequest) -> tuple[Choice, ...]:
    return folders_of.get()(request.who.mailbox, request.who.session_key)


def _trial(request: SignedInRequest, wanted: Filter) -> dict[str, object]:
    recent = recent_of.get()(request.who.mailbox, request.who.session_key, TRIED)
    owner = queries.owner_of(request.who.account_id, timezone.now())
    domains = owner.internal_domains if owner else ()
    taken = [glance for glance in recent if fits(wanted, glance, domains)]
    return {"count": len(taken), "of": len(recent), "some": taken[:5], "is_whole": is_fully_seen(wanted)}


def _form_page(
    request: SignedInRequest,
    form: FilterForm,
    known: Filter | None = None,
    *,
    status: int = 200,
    tried: dict[str, object] | None = None,
) -> HttpResponse:
    told = {"form": form, "known": known, "proof": proof(request) if _may(request) else "", "tried": tried}
    return render(request, "sorting/filter.html", told, status=status)


def _may(request: SignedInRequest) -> bool:
    """A form shown again keeps its proof only if it had one."""
    return request.method == "GET" or has_proof(request)


def _sentence(wanted: Filter, folders: tuple[Choice, ...]) -> Sentence:
    shown = {one.name: one.shown for one in folders}
    outcome = wanted.outcome
    deeds = [
        f"ranger dans {quoted(shown.get(outcome.move_to, outcome.move_to))}" if outcome.move_to else "",
        f"copier dans {quoted(shown.get(outcome.copy_to, outcome.copy_to))}" if outcome.copy_to else "",
        "marquer comme lu" if outcome.is_read else "",
        "marquer d’une étoile" if outcome.is_flagged else "",
    ]
    return Sentence(
        wanted.filter_id,
        wanted.name,
        wanted.is_on,
        "et" if wanted.matches_all else "ou",
        tuple(shown_condition(one) for one in wanted.conditions),
        tuple(deed for deed in deeds if deed),
    )
