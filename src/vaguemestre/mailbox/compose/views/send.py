"""Sending, taking back, and what became of it."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.forms import WrittenForm
from vaguemestre.mailbox.compose.http import (
    COMPOSER_CSP,
    actor_of,
    answers_json,
    sending_status,
    size_limit,
    wants_json,
    writer_of,
)
from vaguemestre.mailbox.compose.rules.due_time import due_moment
from vaguemestre.mailbox.compose.rules.recipients import loose_recipients
from vaguemestre.mailbox.compose.views.page import composer_page, empty_writing
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.queries import find_outgoing, sending_of, waiting_messages
from vaguemestre.post.outbox.rules.hours import quiet_until
from vaguemestre.post.outbox.values import Outgoing, Recipient
from vaguemestre.schools.rosters.http import asker_of
from vaguemestre.schools.rosters.rules.addresses import is_nowhere


@require_POST
@csp_override(COMPOSER_CSP)
@signed_in
@answers_json
def send(request: SignedInRequest, key: str) -> HttpResponse:
    to_classes = _goes_to_classes(request)
    if wants_json(request):
        return _to_copies(request, key) if to_classes else JsonResponse(sending_status(_send(request, key)))
    try:
        if to_classes:
            return _to_copies(request, key)
        _send(request, key)
    except Refusal as refusal:
        written = WrittenForm(request.POST).written()
        known = queries.find_writing(request.who.account_id, key) or empty_writing(key, written)
        return composer_page(request, replace(known, written=written), refusal=refusal, status=422)
    return HttpResponseRedirect(reverse("compose:compose", args=[key]))


def _send(request: SignedInRequest, key: str) -> Outgoing:
    form = WrittenForm(request.POST)
    now = timezone.now()
    mine = sending_of(request.who.account_id, undo_seconds=settings.UNDO_SECONDS)
    later = request.POST.get("later", "")
    if not later and "now" not in request.POST and wants_json(request):
        _check_hours(now)
    services.check_nobody_answered(writer_of(request), key, now=now)
    due = due_moment(later, undo_seconds=mine.undo_seconds, now=now)
    return services.send_writing(
        writer_of(request), key, form.written(), form.number("attempt", 1), due, limit=size_limit(), now=now
    )


def _goes_to_classes(request: SignedInRequest) -> bool:
    return any(is_nowhere(one.address) for one in _people(request))


def _people(request: SignedInRequest) -> tuple[Recipient, ...]:
    written = WrittenForm(request.POST).written()
    return loose_recipients(f"{written.to}, {written.cc}, {written.bcc}")[0]


def _to_copies(request: SignedInRequest, key: str) -> HttpResponse:
    """A class never reads one message: its copies are made ready, to be looked at before they leave.

    The composer's script has just saved the text; a browser without one sends it here.
    """
    now, writer, address = timezone.now(), writer_of(request), reverse("compose:mailing", args=[key])
    if later := request.POST.get("later", ""):
        due = timezone.localtime(due_moment(later, undo_seconds=0, now=now))
        address += f"?{urlencode({'le': f'{due:%d/%m/%Y}', 'heure': f'{due:%H:%M}'})}"
    if not wants_json(request):
        known = queries.find_writing(request.who.account_id, key)
        written, revision = WrittenForm(request.POST).written(), known.revision if known else 0
        services.save_writing(writer, key, written, revision, open_mailbox.get(), now=now)
    services.prepare_mailing(writer, key, None, "", asker=asker_of(request), limit=size_limit(), now=now)
    return JsonResponse({"copies": address}) if wants_json(request) else HttpResponseRedirect(address)


def _check_hours(now: datetime) -> None:
    """Where the académie wants a choice outside working time. Raises Refusal `outbox.quiet-hours`."""
    chosen = settings.CONFIG.sending
    if chosen.quiet_hours == "ask" and quiet_until(chosen.hours(), now):
        raise Refusal("outbox.quiet-hours")


@require_GET
@signed_in
@answers_json
def tell_state(request: SignedInRequest, key: str) -> HttpResponse:
    """`?attempt=` of the sending; the composer asks until the message is filed or refused."""
    attempt = request.GET.get("attempt", "")
    outgoing = find_outgoing(request.who.account_id, f"{key}.{attempt}") if attempt.isdecimal() else None
    if outgoing is None:
        raise Refusal("outbox.unknown")
    status = sending_status(outgoing)
    writing = queries.find_writing(request.who.account_id, key) if outgoing.state == "refused" else None
    if writing and writing.is_sending:  # its draft is not back yet: saving it would be refused
        status["state"] = "queued"
    return JsonResponse(status)


@require_POST
@csp_override(COMPOSER_CSP)
@signed_in
@answers_json
def cancel(request: SignedInRequest, key: str) -> HttpResponse:
    services.cancel_sending(request.who.account_id, key, by=actor_of(request), now=timezone.now())
    if wants_json(request):
        back = queries.find_writing(request.who.account_id, key)
        told = {"attempt": back.attempt, "revision": back.revision} if back else {}
        return JsonResponse({"cancelled": True, **told})
    return HttpResponseRedirect(reverse("compose:compose", args=[key]))


@require_GET
@signed_in
def list_waiting(request: SignedInRequest) -> HttpResponse:
    shown = [(message, message.key.partition(".")[0]) for message in waiting_messages(request.who.account_id)]
    return render(request, "compose/waiting.html", {"waiting": shown})
