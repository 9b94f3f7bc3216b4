"""« Filtres »: the list in plain sentences, one filter's form, its trial on what came before."""

from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, proved_within, signed_in
from vaguemestre.access.signin.rules.limits import RECENT_FOR_FILTERS
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.forms.filters import FilterForm
from vaguemestre.mailbox.sorting.forms.sentences import said
from vaguemestre.mailbox.sorting.ports import folders_of, message_of, recent_of
from vaguemestre.mailbox.sorting.rules.filters import act_of, fits, needs_whole, suggested
from vaguemestre.mailbox.sorting.values import Choice, Filter
from vaguemestre.people.lifecycle.queries import stays_here

TRIED = 200  # messages a trial looks at


@require_GET
@signed_in
def list_filters(request: SignedInRequest) -> HttpResponse:
    folders = folders_here(request)
    known = queries.filters_of(request.who.account_id)
    told = {
        "filters": [said(one, folders) for one in known],
        "applied": queries.applied_of(request.who.account_id),
        "said": "fait" in request.GET,
        "at": int(at) if (at := request.GET.get("filtre", "")).isascii() and at.isdigit() else 0,
        "acted": request.GET.get("acte", ""),
        "stays_here": stays_here(request.who.account_id),
        "progress": queries.progress_of(request.who.account_id) if "passage" in request.GET else None,
    }
    return render(request, "sorting/filters.html", told)


@require_GET
@signed_in
def state(request: SignedInRequest) -> HttpResponse:
    applied = queries.applied_of(request.who.account_id)
    return render(request, "sorting/filters_state.html", {"applied": applied, "said": True})


@require_GET
@signed_in
def progress(request: SignedInRequest) -> HttpResponse:
    """How far the filter is with the mail that was already there; asked again until it is done."""
    return render(request, "sorting/progress.html", {"progress": queries.progress_of(request.who.account_id)})


@require_GET
@signed_in
def new_filter(request: SignedInRequest) -> HttpResponse:
    """Empty, or begun from a message: `message` is its reference as the webmail writes it (`data-ref`)."""
    known = None
    if ref := request.GET.get("message"):
        glance = message_of.get()(request.who.mailbox, request.who.session_key, ref)
        known = suggested(glance, with_subject="objet" in request.GET) if glance else None
    return _form_page(request, form_for(request, known=known), told={"from_message": known is not None})


@require_GET
@signed_in
def edit_filter(request: SignedInRequest, filter_id: int) -> HttpResponse:
    known = _known(request, filter_id)
    return _form_page(request, form_for(request, known=known), known)


@require_POST
@signed_in
def save_filter(request: SignedInRequest, filter_id: int = 0) -> HttpResponse:
    """Keep it, try it, or add a line: three buttons of one form.

    Keeping one that sends mail on or away asks for a fresh proof; what was filled in comes back afterwards.
    """
    known = _known(request, filter_id) if filter_id else None
    form = form_for(request, known=known, is_sent=True)
    if "more" in request.POST:
        form.with_one_line_more()
        return _form_page(request, form, known)
    if not form.is_valid() or form.wanted is None:
        return _form_page(request, form, known, status=422)
    if "try" in request.POST:
        return _form_page(request, form, known, told={"tried": _trial(request, form.wanted)})
    return (_keep_proved if act_of(form.wanted.outcome) else _keep)(request, form.wanted, form.folder_names)


def _keep(request: SignedInRequest, wanted: Filter, folder_names: Sequence[str]) -> HttpResponse:
    return done(services.save_filter(
        request.who.account_id, wanted, folder_names, by=by(request), now=timezone.now(),
        forwards_outside=settings.CONFIG.mail.forward_outside,
    ))  # fmt: skip


_proved = proved_within(RECENT_FOR_FILTERS, "enregistrer un filtre qui fait suivre ou supprime du courrier")
_keep_proved = _proved(_keep)


@require_POST
@signed_in
def change_filter(request: SignedInRequest, filter_id: int, act: str) -> HttpResponse:
    """On, off, up, down, gone. What makes mail go on or away again asks for a fresh proof."""
    account_id, now = request.who.account_id, timezone.now()
    match act:
        case "monter" | "descendre":
            event = services.shift_filter(account_id, filter_id, -1 if act == "monter" else 1)
        case "activer":
            return _switch_on(request, filter_id)
        case "desactiver":
            event = services.switch_filter(account_id, filter_id, is_on=False, by=by(request), now=now)
        case "supprimer":
            event = services.drop_filter(account_id, filter_id, by=by(request), now=now)
        case "appliquer":
            return _pass(request, filter_id)
        case _:
            raise Http404
    return done(event, filter_id, act)


@require_POST
@signed_in
def arrange(request: SignedInRequest) -> HttpResponse:
    """The list as it was dragged: `ordre` names the filters, first to last."""
    order = [int(told) for told in request.POST.getlist("ordre") if told.isascii() and told.isdigit()]
    return done(services.arrange_filters(request.who.account_id, order))


def _switch_on(request: SignedInRequest, filter_id: int) -> HttpResponse:
    known = queries.filter_of(request.who.account_id, filter_id)
    if known and act_of(known.outcome):
        return _switch_on_proved(request, filter_id)
    return _switched_on(request, filter_id)


def _switched_on(request: SignedInRequest, filter_id: int) -> HttpResponse:
    account_id, now = request.who.account_id, timezone.now()
    event = services.switch_filter(account_id, filter_id, is_on=True, by=by(request), now=now)
    return done(event, filter_id, "activer")


_switch_on_proved = _proved(_switched_on)


def _pass(request: SignedInRequest, filter_id: int) -> HttpResponse:
    """Asked of the worker; the page follows it."""
    try:
        services.ask_pass(request.who.account_id, filter_id, by=by(request), now=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal
    return HttpResponseRedirect(f"{reverse('sorting:filters')}?passage=1")


def done(event: SortingChanged, filter_id: int = 0, act: str = "") -> HttpResponse:
    """The list, the keyboard where it was: on that act of that filter, when there is one."""
    run_now(event)
    at = f"&filtre={filter_id}&acte={act}" if filter_id else ""
    return HttpResponseRedirect(f"{reverse('sorting:filters')}?fait=1{at}")


def by(request: SignedInRequest) -> str:
    return request.who.actor


def folders_here(request: SignedInRequest) -> tuple[Choice, ...]:
    return folders_of.get()(request.who.mailbox, request.who.session_key)


def form_for(request: SignedInRequest, *, known: Filter | None = None, is_sent: bool = False) -> FilterForm:
    """The form of one filter, with what this person's mailbox and académie allow."""
    return FilterForm(
        request.POST if is_sent else None,
        folders=folders_here(request),
        known=known,
        owner=queries.owner_of(request.who.account_id, timezone.now()),
        forwards_outside=settings.CONFIG.mail.forward_outside,
    )


def _known(request: SignedInRequest, filter_id: int) -> Filter:
    known = queries.filter_of(request.who.account_id, filter_id)
    if known is None:
        raise Http404
    return known


def _trial(request: SignedInRequest, wanted: Filter) -> dict[str, object]:
    who = request.who
    recent = recent_of.get()(who.mailbox, who.session_key, TRIED, whole=needs_whole(wanted))
    owner = queries.owner_of(who.account_id, timezone.now())
    domains = (*owner.internal_domains, *owner.proved_domains) if owner else ()
    taken = [glance for glance in recent if fits(wanted, glance, domains)]
    verb = "rangé" if wanted.outcome.move_to or wanted.outcome.discards else "trié"
    return {"count": len(taken), "of": len(recent), "some": taken[:5], "verb": verb}


def _form_page(
    request: SignedInRequest,
    form: FilterForm,
    known: Filter | None = None,
    *,
    status: int = 200,
    told: dict[str, object] | None = None,
) -> HttpResponse:
    facts = {"form": form, "known": known, **(told or {})}
    return render(request, "sorting/filter.html", facts, status=status)
