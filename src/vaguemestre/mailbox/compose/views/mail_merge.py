"""« Un exemplaire par destinataire »: prepare, preview, start and follow a mailing."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.http import (
    COMPOSER_CSP,
    academy_signature,
    actor_of,
    framed_query,
    size_limit,
    writer_of,
)
from vaguemestre.mailbox.compose.ports import read_sheet
from vaguemestre.mailbox.compose.rules.due_time import due_moment
from vaguemestre.mailbox.compose.values import MailingOrder, Table
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.schools.rosters.http import class_writer_of
from vaguemestre.schools.rosters.ports import managed_schools

# Refusals shown on the page itself, so that its input is kept.
_SHOWN_ON_PAGE = {
    "compose.look-again",
    "compose.prepare-again",
    "compose.changed-since-proof",
    "compose.reopened",
    "compose.classes-changed",
    "rosters.not-yours",
    "compose.later-malformed",
    "compose.later-is-past",
    "compose.later-too-far",
    "compose.link-ends",
    "compose.too-many-variables",
    "kernel.no-such-day",
    "kernel.far-day",
}


@require_http_methods(["GET", "POST"])
@csp_override(COMPOSER_CSP)
@signed_in
def mailing(request: SignedInRequest, key: str) -> HttpResponse:
    """Page of the mailing. POST: prepare it from a file or the recipients; nothing is sent yet."""
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
            _table_of(request, file.read()) if is_file and file else None,
            (file.name or "") if is_file and file else "",
            asker=class_writer_of(request),
            own_sender=request.POST.get("sender") == "own",
            limit=size_limit(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, key, refusal=refusal, is_ready=False, status=422)
    return _redirect(request, key)


def _table_of(request: SignedInRequest, content: bytes) -> Table:
    """The table of the file, with the column of addresses that was chosen. Raises as `services.table_in`."""
    table = services.table_in(content, read_sheet.get())
    place, _, title = request.POST.get("column", "").partition(" ")
    is_place = place.isascii() and place.isdecimal() and len(place) < 4
    return table._replace(address_title=title, address_place=int(place)) if is_place else table


@require_POST
@recently_signed_in
@act_words("envoyer un publipostage")
def start_mailing(request: SignedInRequest, key: str) -> HttpResponse:
    """Start or resume the mailing."""
    try:
        services.start_mailing(
            request.who.account_id,
            key,
            MailingOrder(
                proof=request.POST.get("proof", ""),
                due_at=_scheduled_time(request),
                signature=queries.imposed_signature(writer_of(request), academy_signature(request.who)),
                is_sure="sure" in request.POST,
            ),
            by=actor_of(request),
            now=timezone.now(),
            acting_id=_acting_id(request),
            managed=managed_schools.get(),
        )
    except Refusal as refusal:
        if refusal.code not in _SHOWN_ON_PAGE:
            raise
        is_ready = refusal.code not in {"compose.prepare-again", "compose.classes-changed"}
        return _page(request, key, refusal=refusal, is_ready=is_ready, status=422)
    status = queries.find_mailing(request.who.account_id, key)
    if status and status.is_to_come:
        services.mark_draft(writer_of(request), key, open_mailbox.get(), is_scheduled=True)
    return _redirect(request, key)


@require_POST
@signed_in
def stop_mailing(request: SignedInRequest, key: str) -> HttpResponse:
    """Stop the mailing."""
    services.stop_mailing(
        request.who.account_id,
        key,
        by=actor_of(request),
        now=timezone.now(),
        acting_id=_acting_id(request),
    )
    services.mark_draft(writer_of(request), key, open_mailbox.get(), is_scheduled=False)
    return _redirect(request, key)


@require_POST
@signed_in
def reopen_mailing(request: SignedInRequest, key: str) -> HttpResponse:
    """« Revenir au texte » of a mailing that was stopped before any copy left."""
    services.reopen_mailing(request.who.account_id, key)
    services.mark_draft(writer_of(request), key, open_mailbox.get(), is_scheduled=False)
    return HttpResponseRedirect(reverse("compose:compose", args=[key]) + framed_query(request))


@require_GET
@signed_in
def mailing_state(request: SignedInRequest, key: str) -> HttpResponse:
    """Progress of the mailing; polled by its page."""
    status = queries.find_mailing(request.who.account_id, key)
    if status is None:
        raise Refusal("compose.gone")
    context = {"mailing": status, "key": key, "is_framed": "cadre" in request.GET}
    return render(request, "compose/mailing_state.html", context)


def _page(
    request: SignedInRequest,
    key: str,
    *,
    refusal: Refusal | None = None,
    is_ready: bool = True,
    status: int = 200,
) -> HttpResponse:
    """The page of the mailing, with a refusal if any.

    `is_ready`: whether copies prepared before may leave; they may not once a text or file is refused.
    The page shows these facts of `refusal`: `choices` (`ColumnChoice`) and `rows` (without a copy).
    """
    draft = queries.find_draft(request.who.account_id, key)
    prepared = queries.find_mailing(request.who.account_id, key)
    if draft is None and prepared is None:
        raise Refusal("compose.gone")
    context = {
        "mailing": prepared,
        "key": key,
        "error": sentence(refusal) if refusal else "",
        "is_ready": is_ready,
        "choices": refusal.facts.get("choices", ()) if refusal else (),
        "refused": {"invalid_rows": refusal.facts.get("rows", ()) if refusal else ()},
        "is_from_file": request.POST.get("source", "file" if prepared and prepared.source else "") == "file",
        "is_framed": "cadre" in request.GET,
        "later": {name: request.POST.get(name, request.GET.get(name, ""))[:20] for name in ("day", "hour")},
    }
    return render(request, "compose/mailing.html", context, status=status)


def _acting_id(request: SignedInRequest) -> int:
    """The account of the member who acts in a shared mailbox, else 0."""
    return request.who.acting.account_id if request.who.acting else 0


def _scheduled_time(request: SignedInRequest) -> datetime | None:
    """Scheduled time, if any. Raises Refusal as `due_moment`."""
    if "schedule" not in request.POST:
        return None
    day, hour = (request.POST.get(name, "").strip()[:20] for name in ("day", "hour"))
    return due_moment(f"{day} {hour or '8:00'}", undo_seconds=0, now=timezone.now())


def _redirect(request: SignedInRequest, key: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("compose:mailing", args=[key]) + framed_query(request))
