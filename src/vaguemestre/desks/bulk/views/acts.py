"""The acts on many, and one of them: whom it changes, whom it leaves and why, and what is decided."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.bulk import queries, services
from vaguemestre.desks.bulk.labels_fr import (
    ACTS,
    BUTTONS,
    PHASES,
    SKIPS,
    STATES,
    consequence,
)
from vaguemestre.desks.bulk.rules.decisions import (
    AT_WORK,
    AWAITING,
    MAY_ABANDON,
    MAY_DECIDE,
    MAY_STOP,
    may_undo,
)
from vaguemestre.desks.bulk.values import Act, ActFile, State
from vaguemestre.foundation.journal.values import number_of
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.labels_fr import ACCOUNT_STATE_LABELS
from vaguemestre.people.credentials.queries import names_of

WITH_FILE = frozenset({Act.LETTERS, Act.EXPORT})
_UNKNOWN_SHOWN = 200


@require_GET
@for_administrators
@within_academy
def list_acts(request: SignedInRequest) -> HttpResponse:
    """Every act that the office may see, newest first."""
    listing = Listing.of(request.GET, ("-date", *queries.ORDERS))
    files, total = queries.acts_page(
        request.who.office_academy,
        search=listing.search,
        order=column_of(listing.order, queries.ORDERS),
        first=listing.first,
        count=listing.count,
    )
    names = _actor_names(file.asked_by for file in files)
    context = {
        "rows": [
            {
                "file": file,
                "act": ACTS[file.order.act],
                "state": STATES[file.state],
                "by": names.get(file.asked_by, file.asked_by),
                "done": file.counts.done + file.counts.kept if file.decided_by else "–",
            }
            for file in files
        ],
        "total": total,
        "listing": listing,
        "search": listing.search,
    }
    return render(request, "bulk/list.html", context)


@require_GET
@for_administrators
@within_academy
def show_act(request: SignedInRequest, act_id: int) -> HttpResponse:
    return _page(request, file_or_404(request, act_id))


@require_GET
@for_administrators
@within_academy
def show_progress(request: SignedInRequest, act_id: int) -> HttpResponse:
    """The counts, the buttons and the people shown, asked again while the work goes on."""
    file = file_or_404(request, act_id)
    context = _people(request, file) | _progress(request, file)
    return render(request, "bulk/progress.html", context | {"is_refresh": True})


@require_POST
@act_words(
    "décider d’un acte sur plusieurs personnes",
    {
        "decider": "faire un acte sur plusieurs personnes",
        "accorder": "accorder ce qu’une autre personne demande d’un acte sur plusieurs personnes",
        "interrompre": "interrompre un acte sur plusieurs personnes",
        "annuler": "annuler un acte sur plusieurs personnes",
        "abandonner": "abandonner un acte préparé sur plusieurs personnes",
    },
)
@for_recent_administrators
@within_academy
def decide(request: SignedInRequest, act_id: int) -> HttpResponse:
    """`act`: decider, accorder, interrompre, annuler, abandonner."""
    by, now = actor_of(request), timezone.now()
    limit = settings.CONFIG.bulk.second_person_above
    acts: dict[str, Callable[[], None]] = {
        "decider": lambda: services.decide_act(act_id, limit, by=by, now=now),
        "accorder": lambda: services.approve_act(act_id, by=by, now=now),
        "interrompre": lambda: services.stop_act(act_id, by=by, now=now),
        "annuler": lambda: services.undo_act(act_id, limit, by=by, now=now),
        "abandonner": lambda: services.abandon_act(act_id, by=by, now=now),
    }
    file, act = file_or_404(request, act_id), acts.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        act()
    except Refusal as refusal:
        return _page(request, file, refusal=sentence(refusal), status=422)
    return HttpResponseRedirect(reverse("bulk:act", args=(act_id,)))


def file_or_404(request: SignedInRequest, act_id: int) -> ActFile:
    """The act, if the user's office may see it. Raises Http404."""
    file = queries.find_act(act_id, request.who.office_academy)
    if file is None:
        raise Http404
    return file


def _page(request: SignedInRequest, file: ActFile, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {
        "unknown": file.unknown[:_UNKNOWN_SHOWN],
        "unknown_left": max(0, len(file.unknown) - _UNKNOWN_SHOWN),
    }
    context |= _people(request, file) | _progress(request, file)
    return render(request, "bulk/act.html", context, status=status)


def _people(request: SignedInRequest, file: ActFile) -> dict[str, Any]:
    """The page of people that the address asks for."""
    which = request.GET.get("qui", "")
    listing = Listing.of(request.GET, ("ordre",))
    targets, total = queries.targets_page(
        file.act_id,
        file.academy_id,
        is_skipped=which == "laisses",
        first=listing.first,
        count=listing.count,
    )
    return {
        "rows": [
            {
                "target": target,
                "state": ACCOUNT_STATE_LABELS[target.state] if target.state else "",
                "phase": PHASES[target.phase],
                "reason": SKIPS[target.skip] if target.skip else "",
            }
            for target in targets
        ],
        "total": total,
        "listing": listing,
        "which": which,
        "here": listing.link(page=listing.page),
    }


def _progress(request: SignedInRequest, file: ActFile) -> dict[str, Any]:
    declined = queries.last_decline(file)
    actors = (file.asked_by, file.decided_by, file.approved_by, file.undone_by, file.undo_approved_by)
    names = _actor_names((*actors, declined.by) if declined else actors)
    is_undo = file.state is State.UNDO_AWAITING
    act, counts = file.order.act, file.counts
    return {
        "file": file,
        "title": ACTS[act],
        "state": STATES[file.state],
        "consequence": consequence(act, settings.CONFIG.signin.second_factor_days),
        "button": BUTTONS[act],
        "asked_by": names.get(file.asked_by, ""),
        "decided_by": names.get(file.decided_by, ""),
        "approved_by": names.get(file.approved_by, ""),
        "undone_by": names.get(file.undone_by, ""),
        "undo_approved_by": names.get(file.undo_approved_by, ""),
        "left": counts.skipped + counts.kept,
        "changing": counts.total - counts.skipped,
        "is_running": file.state in AT_WORK,
        "may_decide": file.state in MAY_DECIDE and bool(counts.pending),
        "undo": reverse("bulk:decide", args=(file.act_id,)) if may_undo(act, file.state, counts.done) else "",
        "undo_label": f"Annuler pour {counted(counts.done, 'personne')}",
        "kind": "ok" if file.state in {State.DONE, State.UNDONE} else "",
        "icon": "refresh" if file.state in AT_WORK else "flag",
        "may_abandon": file.state in MAY_ABANDON,
        "may_stop": file.state in MAY_STOP,
        "is_awaiting": file.state in AWAITING,
        "declined": declined,
        "declined_by": names.get(declined.by, "") if declined else "",
        "is_undo": is_undo,
        "is_mine": actor_of(request) == (file.undone_by if is_undo else file.decided_by),
        "has_file": act in WITH_FILE and file.state is State.DONE and bool(counts.done),
        "limit": settings.CONFIG.bulk.second_person_above,
    }


def _actor_names(actors: Iterable[str]) -> dict[str, str]:
    """The names of journal actors (`account:7`, `cli`)."""
    account_ids = {actor: pk for actor in actors if (pk := number_of("account", actor))}
    names = names_of(account_ids.values()) if account_ids else {}
    return {"cli": "ligne de commande", **{actor: names.get(pk, "") for actor, pk in account_ids.items()}}
