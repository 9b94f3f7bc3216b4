"""The removals, and one of them: who has the message, and what is decided."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.desks.removals import queries, services
from vaguemestre.desks.removals.forms import SearchForm
from vaguemestre.desks.removals.http import for_recent_security, for_security, told_who_has_the_right
from vaguemestre.desks.removals.labels_fr import phase_fr, state_fr
from vaguemestre.desks.removals.queries.overlaps import other_removals
from vaguemestre.desks.removals.rules.decisions import (
    MAY_DECIDE,
    MAY_STOP,
    MAY_UNDO,
    REFUSING,
    RUNNING,
    content_waits,
)
from vaguemestre.desks.removals.values import ContentState, RemovalFile, RemovalState
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.reports.queries import reported_letter


@require_GET
@for_administrators
def list_files(request: SignedInRequest) -> HttpResponse:
    """Every removal; who has the right, for those who have it not."""
    return list_page(request)


def list_page(request: SignedInRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    listing = Listing.of(request.GET, ("-date", *queries.ORDERS))
    is_officer = queries.is_security_officer(request.who.account_id)
    files, total = queries.removals_page(
        search=listing.search,
        order=column_of(listing.order, queries.ORDERS),
        first=listing.first,
        count=listing.count,
    )
    context = {
        "rows": [{"file": file, "state": state_fr(file)} for file in files] if is_officer else [],
        "refusal": refusal,
        "total": total if is_officer else 0,
        "listing": listing,
        "search": listing.search,
        "is_officer": is_officer,
        "officers": queries.security_officers(),
        "account_id": request.who.account_id,
        "is_done": "fait" in request.GET,
    }
    return render(request, "removals/list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@act_words("chercher un courriel dans les boîtes")
@told_who_has_the_right
@for_recent_security
def open_file(request: SignedInRequest) -> HttpResponse:
    """Look for a message; `signalement`: the report it comes from; `courriel`: its Message-ID."""
    known = {"message_id": request.GET.get("courriel", "")[:253]}
    initial = _reported(request.GET.get("signalement", "")) or known
    form = SearchForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        criteria, note = form.criteria(), form.cleaned_data["note"]
        try:
            number = services.open_removal(criteria, note, by=actor_of(request), now=timezone.now())
        except Refusal as refusal:
            field = str(refusal.facts.get("field", ""))
            form.add_error(field if field in form.fields else None, sentence(refusal))
        else:
            return HttpResponseRedirect(reverse("removals:file", args=(number,)))
    return render(request, "removals/open.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@for_security
def show_file(request: SignedInRequest, removal_id: int) -> HttpResponse:
    return _page(request, _file(removal_id))


@require_GET
@for_security
def show_progress(request: SignedInRequest, removal_id: int) -> HttpResponse:
    """The counts, the buttons and the mailboxes shown, asked again while the work goes on."""
    file = _file(removal_id)
    context = _boxes(request, file) | _progress(request, file)
    return render(request, "removals/progress.html", context | {"is_refresh": True})


@require_POST
@act_words(
    "décider d’un retrait de courriels",
    {
        "retirer": "retirer des courriels des boîtes",
        "accorder": "accorder ce qu’une autre personne demande d’un retrait",
        "interrompre": "interrompre un retrait de courriels",
        "laisser": "laisser passer un lien ou une pièce jointe",
        "remettre": "remettre des courriels dans les boîtes",
        "reessayer": "réessayer les boîtes qui n’ont pas répondu",
    },
)
@for_recent_security
def decide(request: SignedInRequest, removal_id: int) -> HttpResponse:
    """`act`: retirer, accorder, interrompre, laisser, remettre, reessayer."""
    by, now = actor_of(request), timezone.now()
    limit = settings.CONFIG.mail.removal_second_person_above
    acts: dict[str, Callable[[], None]] = {
        "retirer": lambda: services.decide_removal(removal_id, limit, by=by, now=now),
        "accorder": lambda: services.approve_removal(removal_id, by=by, now=now),
        "interrompre": lambda: services.stop_removal(removal_id, by=by, now=now),
        "laisser": lambda: services.decline_content(removal_id, by=by, now=now),
        "remettre": lambda: services.undo_removal(removal_id, limit, by=by, now=now),
        "reessayer": lambda: services.retry_boxes(removal_id, by=by, now=now),
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    file = _file(removal_id)
    try:
        act()
    except Refusal as refusal:
        return _page(request, file, refusal=sentence(refusal), status=422)
    return HttpResponseRedirect(reverse("removals:file", args=(removal_id,)))


def _page(request: SignedInRequest, file: RemovalFile, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= _boxes(request, file) | _progress(request, file)
    return render(request, "removals/file.html", context, status=status)


def _boxes(request: SignedInRequest, file: RemovalFile) -> dict[str, Any]:
    """The page of mailboxes that the address asks for."""
    listing, which = Listing.of(request.GET, ("boite", *queries.BOX_ORDERS)), request.GET.get("qui", "")
    clicked = _clicked(file)
    boxes, total = queries.boxes_page(
        file.removal_id,
        clicked=clicked,
        which=which,
        order=column_of(listing.order, queries.BOX_ORDERS),
        first=listing.first,
        count=listing.count,
    )
    holders = queries.box_holders(boxes)
    return {
        "rows": [
            {
                "box": box,
                "holder": holders[box.mailbox],
                "phase": phase_fr(box),
                "clicked": box.account_id in clicked,
            }
            for box in boxes
        ],
        "total": total,
        "listing": listing,
        "which": which,
        "here": listing.link(page=listing.page),
    }


def _progress(request: SignedInRequest, file: RemovalFile) -> dict[str, Any]:
    asks_content = file.criteria.has_content and file.content is ContentState.NONE
    counts = file.counts
    return {
        "file": file,
        "state": state_fr(file),
        "senders": queries.senders_of(file.criteria),
        "is_running": file.state in RUNNING,
        "may_decide": file.state in MAY_DECIDE and bool(counts.holding or counts.quarantined or asks_content),
        "asks_content": asks_content,
        "content_waits": content_waits(file),
        "content_refused": file.content is ContentState.REFUSED and file.state in REFUSING,
        "thing": "Le lien" if file.criteria.link else "La pièce jointe",
        "is_feminine": not file.criteria.link,
        "others": _others(request, file),
        "same_mail": [] if file.state is RemovalState.COUNTING else other_removals(file.removal_id),
        "undo_label": "Remettre dans les boîtes" if file.counts.removed else "Refermer ce retrait",
        "undo": reverse("removals:decide", args=(file.removal_id,)) if file.state in MAY_UNDO else "",
        "kind": "ok" if file.state in {RemovalState.REMOVED, RemovalState.RESTORED} else "",
        "icon": "refresh" if file.state in RUNNING else "flag",
        "is_awaiting": file.state is RemovalState.AWAITING,
        "is_undo_awaiting": file.state is RemovalState.UNDO_AWAITING,
        "is_mine": _waits_on(file) == actor_of(request),
        "may_stop": file.state in MAY_STOP,
        "limit": settings.CONFIG.mail.removal_second_person_above,
        "checks_links": settings.CONFIG.mail.checked_links,
        "clicked": len(_clicked(file)),
    }


def _others(request: SignedInRequest, file: RemovalFile) -> str:
    """The usernames of those who may agree to what was decided, or to what whoever asks decides."""
    decider = _waits_on(file) or actor_of(request)
    names = (name for number, name in queries.security_officers() if account_subject(number) != decider)
    return " ou ".join(names)


def _waits_on(file: RemovalFile) -> str:
    """Who wants what waits for a second person: not the one to agree."""
    return file.undone_by if file.state is RemovalState.UNDO_AWAITING else file.decided_by


def _clicked(file: RemovalFile) -> frozenset[int]:
    """Accounts that followed a link of the message; none where links are not checked."""
    if not settings.CONFIG.mail.checked_links:
        return frozenset()
    return queries.accounts_caught(file.removal_id, file.criteria)


def _reported(number: str) -> dict[str, str]:
    """The fields of a report, as the header of the reported copy and the steps of that copy say.

    Never as those of its Message-ID: whoever wrote it may have taken that of somebody else's letter.
    """
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return {}
    letter = reported_letter(int(number))
    return {} if letter is None else queries.criteria_of_copy(letter)


def _file(removal_id: int) -> RemovalFile:
    file = queries.find_removal(removal_id)
    if file is None:
        raise Http404
    return file
