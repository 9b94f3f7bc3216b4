"""« Un exemplaire par destinataire »: whom, what each will read, how far it is."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.http import COMPOSER_CSP, actor_of, size_limit, writer_of
from vaguemestre.mailbox.compose.rules.due_time import due_moment
from vaguemestre.schools.rosters.http import asker_of

# What is said on the page itself, nothing of it lost.
_SHOWN = {
    "compose.look-again",
    "compose.later-malformed",
    "compose.later-is-past",
    "compose.later-too-far",
}


@require_http_methods(["GET", "POST"])
@csp_override(COMPOSER_CSP)
@signed_in
def mailing(request: SignedInRequest, key: str) -> HttpResponse:
    """POST: read the recipients, of a file or of the message; nothing leaves before « Envoyer »."""
    if request.method == "GET":
        return _page(request, key)
    file = request.FILES.get("table")
    is_file = request.POST.get("source") == "file"
    try:
        if is_file and file is None:
            raise Refusal("compose.table-missing")
        services.prepare_mailing(
            writer_of(request),
            key,
            file.read() if is_file and file else None,
            (file.name or "") if is_file and file else "",
            asker=asker_of(request),
            own_sender=request.POST.get("sender") == "own",
            limit=size_limit(),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, key, error=sentence(refusal), status=422)
    return _back(request, key)


@require_POST
@recently_signed_in
def start_mailing(request: SignedInRequest, key: str) -> HttpResponse:
    try:
        services.start_mailing(
            request.who.account_id,
            key,
            by=actor_of(request),
            now=timezone.now(),
            is_sure="sure" in request.POST,
            due_at=_later(request),
        )
    except Refusal as refusal:
        if refusal.code not in _SHOWN:
            raise
        return _page(request, key, error=sentence(refusal), status=422)
    return _back(request, key)


@require_POST
@signed_in
def stop_mailing(request: SignedInRequest, key: str) -> HttpResponse:
    services.stop_mailing(request.who.account_id, key, by=actor_of(request), now=timezone.now())
    return _back(request, key)


@require_GET
@signed_in
def mailing_state(request: SignedInRequest, key: str) -> HttpResponse:
    shown = queries.find_mailing(request.who.account_id, key)
    if shown is None:
        raise Refusal("compose.gone")
    return render(request, "compose/mailing_state.html", {"mailing": shown, "key": key})


def _page(request: SignedInRequest, key: str, *, error: str = "", status: int = 200) -> HttpResponse:
    writing = queries.find_writing(request.who.account_id, key)
    shown = queries.find_mailing(request.who.account_id, key)
    if writing is None and shown is None:
        raise Refusal("compose.gone")
    told = {
        "writing": writing,
        "mailing": shown,
        "key": key,
        "error": error,
        "is_framed": "cadre" in request.GET,
        "later": {name: request.POST.get(name, request.GET.get(name, ""))[:20] for name in ("le", "heure")},
    }
    return render(request, "compose/mailing.html", told, status=status)


def _later(request: SignedInRequest) -> datetime | None:
    """The hour chosen, if one is. Raises Refusal as `rules.leaving.due_moment`."""
    if "plus-tard" not in request.POST:
        return None
    day, hour = (request.POST.get(name, "").strip()[:20] for name in ("le", "heure"))
    return due_moment(f"{day} {hour or '8:00'}", undo_seconds=0, now=timezone.now())


def _back(request: SignedInRequest, key: str) -> HttpResponse:
    framed = "?cadre=1" if "cadre" in request.GET else ""
    return HttpResponseRedirect(reverse("compose:mailing", args=[key]) + framed)
