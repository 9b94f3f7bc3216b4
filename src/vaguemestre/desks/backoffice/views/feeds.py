"""HR feeds: plans, rejected lines, confirmations; people to match."""

from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import reaches, within_academy
from vaguemestre.desks.backoffice import services
from vaguemestre.desks.backoffice.forms.feeds import FeedSearchForm
from vaguemestre.desks.backoffice.rules.actors import actor_names
from vaguemestre.desks.backoffice.rules.reasons import reason_label
from vaguemestre.desks.backoffice.views.feed_lists import (
    KINDS,
    ORDERS_OF_VIEWS,
    VIEWS,
    feed_counts,
    feed_lists,
)
from vaguemestre.foundation.journal.values import feed_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.ui.files.sheets import csv_response
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import usernames_of
from vaguemestre.people.intake import services as intake
from vaguemestre.people.intake.queries import (
    MATCH_CANDIDATE_ORDERS,
    FeedSummary,
    academy_of_match_candidate,
    applied_lines_of_feed,
    feed_summary,
    feeds_page,
    match_candidates_page,
    refused_rows,
    refused_rows_page,
)

_ORDERS = {"date": "started_at", "fichier": "file_name", "arrivees": "arrivals", "departs": "departures"}


@require_GET
@for_administrators
@within_academy
def list_all(request: SignedInRequest) -> HttpResponse:
    form = FeedSearchForm(request.GET)
    form.is_valid()
    listing = Listing.of(request.GET, ("-date", *_ORDERS))
    rows, total = feeds_page(
        waiting=form.cleaned_data.get("etat") == "attente",
        search=str(form.cleaned_data.get("q", "")).strip(),
        order=column_of(listing.order, _ORDERS),
        first=listing.first,
        count=listing.count,
        academy_id=request.who.office_academy,
    )
    context = {
        "form": form,
        "rows": _with_actors(rows),
        "total": total,
        "listing": listing,
        "is_asked": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "backoffice/feeds.html", context)


@require_GET
@for_administrators
@within_academy
def show(request: SignedInRequest, feed_id: int) -> HttpResponse:
    feed = _feed_or_404(request, feed_id)
    if "HX-Request" in request.headers:  # a page that waits for a plan, or for its end, asks
        goes_on = feed.is_being_applied or (feed.waits and feed.replan_asked_at)
        ready = {} if goes_on else {"HX-Refresh": "true"}
        return HttpResponse(status=204, headers=ready)
    return _page(request, feed)


@require_GET
@for_administrators
@within_academy
def refused_file(request: SignedInRequest, feed_id: int) -> HttpResponseBase:
    _feed_or_404(request, feed_id)
    services.record_download("refused lines", feed_subject(feed_id), by=actor_of(request), now=timezone.now())
    header = ("ligne", "colonne", "dossier", "raison")
    return csv_response(f"flux-{feed_id}-lignes-refusees", header, refused_rows(feed_id))


@require_GET
@for_administrators
@within_academy
def changed_file(request: SignedInRequest, feed_id: int) -> HttpResponseBase:
    """Line number, dossier, masked NUMEN and reason; never the line itself."""
    _feed_or_404(request, feed_id)
    services.record_download(
        "changed people", feed_subject(feed_id), by=actor_of(request), now=timezone.now()
    )
    header = ("ligne", "dossier", "numen", "raison")
    rows = (
        (row.line, row.dossier, row.masked, reason_label(row.what)) for row in applied_lines_of_feed(feed_id)
    )
    return csv_response(f"flux-{feed_id}-changements", header, rows)


@require_POST
@for_recent_administrators
@act_words(
    "décider d’un import RH",
    {
        "confirmer": "confirmer un import RH",
        "refaire": "refaire le plan d’un import RH",
        "abandonner": "abandonner un import RH",
    },
)
@within_academy
def decide(request: SignedInRequest, feed_id: int) -> HttpResponse:
    """`act`: `confirmer` a feed refused whole as it is shown, `refaire` its plan, or `abandonner`."""
    feed = _feed_or_404(request, feed_id)
    now = timezone.now()
    try:
        match request.POST.get("act"):
            case "confirmer":
                typed = request.POST.get("departures", "").strip()
                intake.confirm_feed(
                    feed_id,
                    plan=request.POST.get("plan", ""),
                    departures=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else None,
                    by=actor_of(request),
                    now=now,
                    most_alone=settings.CONFIG.bulk.second_person_above,
                )
            case "refaire":
                intake.request_plan(feed_id, by=actor_of(request), now=now)
            case "abandonner":
                intake.discard_feed(feed_id, by=actor_of(request), now=now)
            case _:
                raise Http404
    except Refusal as refusal:
        return _page(request, feed, problem=sentence(refusal))
    done = "refait" if request.POST.get("act") == "refaire" else "1"
    return HttpResponseRedirect(f"{reverse('backoffice:feed', args=[feed_id])}?fait={done}")


@require_GET
@for_administrators
@within_academy
def list_match_candidates(request: SignedInRequest) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(MATCH_CANDIDATE_ORDERS))
    is_open = request.GET.get("etat", "") != "tranches"
    rows, total = match_candidates_page(
        open_only=is_open,
        search=listing.search,
        order=listing.order,
        first=listing.first,
        count=listing.count,
        academy_id=request.who.office_academy,
    )
    context = {"rows": rows, "total": total, "listing": listing, "is_open": is_open, "search": listing.search}
    return render(request, "backoffice/match_candidates.html", context)


@require_POST
@for_recent_administrators
@act_words("répondre à une ressemblance")
@within_academy
def answer(request: SignedInRequest, candidate_id: int) -> HttpResponse:
    """`answer`: `meme` person, or `autre`; `reprendre` takes it back."""
    academy_id = academy_of_match_candidate(candidate_id)
    decision = request.POST.get("answer")
    if (
        academy_id is None
        or not reaches(request, academy_id)
        or decision not in ("meme", "autre", "reprendre")
    ):
        raise Http404
    if decision == "reprendre":
        intake.take_back_answer(academy_id, candidate_id, by=actor_of(request), now=timezone.now())
        return HttpResponseRedirect(reverse("backoffice:match-candidates"))
    intake.answer_match_candidate(
        academy_id, candidate_id, same=decision == "meme", by=actor_of(request), now=timezone.now()
    )
    return HttpResponseRedirect(reverse("backoffice:match-candidates"))


def _feed_or_404(request: SignedInRequest, feed_id: int) -> FeedSummary:
    feed = feed_summary(feed_id)
    if feed is None or not reaches(request, feed.academy_id):
        raise Http404
    return feed


def _page(request: SignedInRequest, feed: FeedSummary, *, problem: str = "") -> HttpResponse:
    now = timezone.now()
    counts = feed_counts(feed)
    view_asked = request.GET.get("vue", "")
    view = view_asked if view_asked in VIEWS else next((name for name in KINDS if counts[name]), "refus")
    listing = Listing.of(request.GET, tuple(ORDERS_OF_VIEWS[view]))
    search = listing.search
    stale = intake.stale_reason(feed, now) if feed.waits else ""
    refused: tuple[tuple[int, str, str, str], ...] = ()
    total = 0
    if view == "refus":
        refused, total = refused_rows_page(
            feed.feed_id,
            search=search,
            order=column_of(listing.order, ORDERS_OF_VIEWS[view]),
            first=listing.first,
            count=listing.count,
        )
    _, by, confirmed_by = _with_actors([feed])[0]
    lists = () if feed.is_unread else feed_lists(feed, counts, view, listing, search, now)
    context = {
        "feed": feed,
        "by": by,
        "confirmed_by": confirmed_by,
        "view": view,
        "listing": listing,
        "search": search,
        "lists": lists,
        "refused": refused,
        "refused_total": total,
        "refusals": counts["refus"],
        "most_refusals": intake.MAX_REFUSED_ROWS,
        "stale": stale,
        "recent": sum(
            row.is_recent for feed_list in lists if feed_list.view == "departures" for row in feed_list.rows
        ),
        "done": request.GET.get("fait", ""),
        "problem": problem,
    }
    return render(request, "backoffice/feed.html", context, status=409 if problem else 200)


def _with_actors(feeds: Sequence[FeedSummary]) -> list[tuple[FeedSummary, str, str]]:
    """Each feed with the names of its author and of its confirmer."""
    names = actor_names((who for feed in feeds for who in (feed.by, feed.confirmed_by)), usernames_of)
    return [(feed, names.get(feed.by, ""), names.get(feed.confirmed_by, "")) for feed in feeds]
