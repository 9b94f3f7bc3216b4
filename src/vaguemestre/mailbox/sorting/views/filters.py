"""« Filtres »: the list in plain sentences, the form of a filter, its trial on received messages."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, proved_within, signed_in
from vaguemestre.access.signin.rules.session_lifetimes import RECENT
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.forms.filters import FilterForm
from vaguemestre.mailbox.sorting.forms.sentences import filter_sentence
from vaguemestre.mailbox.sorting.http import may_forward_outside, why_not_outside
from vaguemestre.mailbox.sorting.ports import create_label, find_message, folders_of, recent_messages
from vaguemestre.mailbox.sorting.rules.filters import (
    goes_outside,
    is_idle,
    matches,
    needs_full_message,
    security_notice_of,
    suggest_filter,
)
from vaguemestre.mailbox.sorting.values import Filter, FolderChoice, MessageSummary, Outcome
from vaguemestre.people.lifecycle.queries import keeps_mail_here

TRIAL_MESSAGES = 200
_TRIAL_EXAMPLES = 5


class Trial(NamedTuple):
    """Result of a filter tried on the last messages received.

    `verb`: what it would have done, in French; "" if it does nothing yet.
    """

    matched: int
    examined: int
    examples: Sequence[MessageSummary]
    verb: str


@gzip_page
@require_GET
@signed_in
def list_filters(request: SignedInRequest) -> HttpResponse:
    """The list; `filtre` and `acte` name the button that takes the keyboard focus again."""
    account_id, folders = request.who.account_id, folders_here(request)
    filter_id = request.GET.get("filtre", "")
    filters = queries.filters_of(account_id)
    stopped = _stopped_forwards(account_id, filters)
    context = {
        "filters": [
            filter_sentence(mail_filter, folders, stopped.get(mail_filter.filter_id, ""))
            for mail_filter in filters
        ],
        "script_status": queries.script_status_of(account_id),
        "program_rules_told": queries.was_told_of_program(account_id),
        "is_saved": "fait" in request.GET,
        "focused_id": int(filter_id) if filter_id.isascii() and filter_id.isdigit() else 0,
        "last_act": request.GET.get("acte", ""),
        "stays_here": keeps_mail_here(account_id),
        "progress": queries.backfill_progress_of(account_id) if "passage" in request.GET else None,
    }
    return render(request, "sorting/filters.html", context)


def _stopped_forwards(account_id: int, filters: Sequence[Filter]) -> dict[int, str]:
    """Filter id → why what it forwards outside does not leave; asked only if a filter forwards."""
    if not any(mail_filter.outcome.forward_to for mail_filter in filters):
        return {}
    owner = queries.owner_of(account_id, timezone.now())
    if owner is None or not (reason := why_not_outside(account_id)):
        return {}
    return {
        mail_filter.filter_id: reason
        for mail_filter in filters
        if goes_outside(mail_filter.outcome, owner.internal_domains)
    }


@require_GET
@signed_in
def state(request: SignedInRequest) -> HttpResponse:
    """Polled by the pages until Dovecot runs what was saved."""
    script_status = queries.script_status_of(request.who.account_id)
    return render(request, "sorting/filters_state.html", {"script_status": script_status, "is_saved": True})


@require_GET
@signed_in
def progress(request: SignedInRequest) -> HttpResponse:
    """Progress of the filter over received messages; polled until it is done."""
    return render(
        request, "sorting/progress.html", {"progress": queries.backfill_progress_of(request.who.account_id)}
    )


@require_GET
@signed_in
def new_filter(request: SignedInRequest) -> HttpResponse:
    """Form of a new filter, suggested from the message referenced by `message` (the webmail's `data-ref`)."""
    suggestion = None
    if ref := request.GET.get("message"):
        message = find_message.get()(request.who.mailbox, request.who.session_key, ref)
        suggestion = suggest_filter(message, with_subject="objet" in request.GET) if message else None
    form = form_for(request, current=suggestion)
    return _form_page(request, form, is_suggested=suggestion is not None)


@require_GET
@signed_in
def edit_filter(request: SignedInRequest, filter_id: int) -> HttpResponse:
    """Form of a stored filter."""
    saved = _filter_or_404(request, filter_id)
    return _form_page(request, form_for(request, current=saved), saved)


@require_POST
@signed_in
def save_filter(request: SignedInRequest, filter_id: int = 0) -> HttpResponse:
    """Save the filter, try it, or add a line: three buttons of one form.

    Saving one that redirects or deletes mail asks for a fresh proof of identity; the form is submitted again
    afterwards.
    """
    saved = _filter_or_404(request, filter_id) if filter_id else None
    form = form_for(request, current=saved, is_bound=True)
    if "more" in request.POST:
        form.with_one_line_more()
        return _form_page(request, form, saved)
    if not form.is_valid() or form.mail_filter is None:
        return _form_page(request, form, saved, status=422)
    if "try" in request.POST:
        return _form_page(request, form, saved, trial=_try_filter(request, form.mail_filter))
    store = _store_proved if security_notice_of(form.mail_filter.outcome) else _store
    try:
        return store(request, form.mail_filter, form.folder_names)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _form_page(request, form, saved, status=422)


def _store(request: SignedInRequest, mail_filter: Filter, folder_names: Sequence[str]) -> HttpResponse:
    return apply_and_return(services.save_filter(
        request.who.account_id, mail_filter, folder_names, by=by(request), now=timezone.now(),
        forwards_outside=may_forward_outside(request.who.account_id), create_label=create_label.get(),
    ))  # fmt: skip


_proved = proved_within(RECENT, "enregistrer un filtre qui fait suivre ou supprime du courrier")
_store_proved = _proved(_store)


@require_POST
@signed_in
def change_filter(request: SignedInRequest, filter_id: int, act: str) -> HttpResponse:
    """Switch, move, run or delete a filter.

    Switching on one that redirects or deletes mail asks for a fresh proof of identity.
    """
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
            return _request_backfill(request, filter_id)
        case _:
            raise Http404
    return apply_and_return(event, filter_id, act)


@require_POST
@signed_in
def arrange(request: SignedInRequest) -> HttpResponse:
    """Store the order of the dragged list: `order` holds the filter ids, first to last."""
    order = [
        int(filter_id)
        for filter_id in request.POST.getlist("order")
        if filter_id.isascii() and filter_id.isdigit()
    ]
    return apply_and_return(services.arrange_filters(request.who.account_id, order))


def _switch_on(request: SignedInRequest, filter_id: int) -> HttpResponse:
    saved = queries.filter_of(request.who.account_id, filter_id)
    if saved and security_notice_of(saved.outcome):
        return _switch_on_proved(request, filter_id)
    return _store_switched_on(request, filter_id)


def _store_switched_on(request: SignedInRequest, filter_id: int) -> HttpResponse:
    account_id, now = request.who.account_id, timezone.now()
    event = services.switch_filter(account_id, filter_id, is_on=True, by=by(request), now=now)
    return apply_and_return(event, filter_id, "activer")


_switch_on_proved = _proved(_store_switched_on)


def _request_backfill(request: SignedInRequest, filter_id: int) -> HttpResponse:
    """Ask the worker to run the filter on received messages; the page shows the progress."""
    try:
        services.request_backfill(request.who.account_id, filter_id, by=by(request), now=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal
    return HttpResponseRedirect(f"{reverse('sorting:filters')}?passage=1")


def apply_and_return(event: SortingChanged, filter_id: int = 0, act: str = "") -> HttpResponse:
    """Apply the change and return to the list, with the focus on that act of that filter, if any."""
    run_now(event)
    focus = f"&filtre={filter_id}&acte={act}" if filter_id else ""
    return HttpResponseRedirect(f"{reverse('sorting:filters')}?fait=1{focus}")


def by(request: SignedInRequest) -> str:
    """Actor for the journal."""
    return request.who.actor


def folders_here(request: SignedInRequest) -> tuple[FolderChoice, ...]:
    """Folders of the mailbox that a filter may file into."""
    return folders_of.get()(request.who.mailbox, request.who.session_key)


def form_for(
    request: SignedInRequest, *, current: Filter | None = None, is_bound: bool = False
) -> FilterForm:
    """Form of one filter, with the folders and redirects its owner may use."""
    return FilterForm(
        request.POST if is_bound else None,
        folders=folders_here(request),
        current=current,
        owner=queries.owner_of(request.who.account_id, timezone.now()),
        forwards_outside=may_forward_outside(request.who.account_id),
        is_trial=is_bound and "try" in request.POST,
    )


def _filter_or_404(request: SignedInRequest, filter_id: int) -> Filter:
    saved = queries.filter_of(request.who.account_id, filter_id)
    if saved is None:
        raise Http404
    return saved


def _try_filter(request: SignedInRequest, mail_filter: Filter) -> Trial:
    who = request.who
    recent = recent_messages.get()(
        who.mailbox, who.session_key, TRIAL_MESSAGES, whole=needs_full_message(mail_filter)
    )
    owner = queries.owner_of(who.account_id, timezone.now())
    domains = (*owner.internal_domains, *owner.proved_domains) if owner else ()
    matching = [message for message in recent if matches(mail_filter, message, domains)]
    return Trial(len(matching), len(recent), matching[:_TRIAL_EXAMPLES], _verb_of(mail_filter.outcome))


def _verb_of(outcome: Outcome) -> str:
    if is_idle(outcome):
        return ""
    return "rangé" if outcome.move_to or outcome.discards else "trié"


def _form_page(
    request: SignedInRequest,
    form: FilterForm,
    saved: Filter | None = None,
    *,
    trial: Trial | None = None,
    is_suggested: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "saved": saved, "trial": trial, "is_suggested": is_suggested}
    return render(request, "sorting/filter.html", context, status=status)
