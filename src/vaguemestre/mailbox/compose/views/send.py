"""Send a draft, cancel it, follow it."""

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
from vaguemestre.foundation.kernel.text.french_dates import hour_fr
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.forms import DraftForm
from vaguemestre.mailbox.compose.http import (
    COMPOSER_CSP,
    academy_signature,
    actor_of,
    answers_json,
    sending_status,
    size_limit,
    wants_json,
    writer_of,
)
from vaguemestre.mailbox.compose.rules.due_time import due_moment
from vaguemestre.mailbox.compose.rules.identities import signed_at_least_once
from vaguemestre.mailbox.compose.rules.recipients import lenient_recipients
from vaguemestre.mailbox.compose.views.page import composer_page, empty_draft
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.queries import find_outgoing, sending_preferences, waiting_messages
from vaguemestre.post.outbox.rules.hours import UNDO_AT_MOST, quiet_until
from vaguemestre.post.outbox.values import OutboxState, OutgoingMessage, Recipient
from vaguemestre.schools.rosters.http import class_writer_of
from vaguemestre.schools.rosters.rules.addresses import is_nowhere


@require_POST
@csp_override(COMPOSER_CSP)
@signed_in
@answers_json
def send(request: SignedInRequest, key: str) -> HttpResponse:
    """Send the message, or prepare its copies when it goes to classes."""
    has_classes = _has_classes(request)
    if wants_json(request):
        return (
            _prepare_copies(request, key)
            if has_classes
            else JsonResponse(sending_status(request.who.account_id, _send(request, key)))
        )
    try:
        if has_classes:
            return _prepare_copies(request, key)
        _send(request, key)
    except Refusal as refusal:
        fields = DraftForm(request.POST).draft_fields()
        saved = queries.find_draft(request.who.account_id, key) or empty_draft(key, fields)
        return composer_page(request, replace(saved, fields=fields), refusal=refusal, status=422)
    return HttpResponseRedirect(reverse("compose:compose", args=[key]))


def _send(request: SignedInRequest, key: str) -> OutgoingMessage:
    form = DraftForm(request.POST)
    now = timezone.now()
    preferences = sending_preferences(request.who.account_id, undo_seconds=settings.UNDO_SECONDS)
    later = request.POST.get("later", "")
    if not later and "now" not in request.POST and wants_json(request):
        _check_quiet_hours(now)
    services.check_not_answered(writer_of(request), key, now=now)
    due_at = due_moment(later, undo_seconds=preferences.undo_seconds, now=now)
    outgoing = services.send_draft(
        writer_of(request),
        key,
        signed_at_least_once(form.draft_fields(), _imposed_signature(request)),
        form.number("attempt", 1),
        due_at,
        limit=size_limit(request),
        now=now,
    )
    if later:
        services.mark_draft(writer_of(request), key, open_mailbox.get(), is_scheduled=True)
    return outgoing


def _imposed_signature(request: SignedInRequest) -> str:
    return queries.imposed_signature(writer_of(request), academy_signature(request.who))


def _has_classes(request: SignedInRequest) -> bool:
    return any(is_nowhere(recipient.address) for recipient in _recipients(request))


def _recipients(request: SignedInRequest) -> tuple[Recipient, ...]:
    fields = DraftForm(request.POST).draft_fields()
    return lenient_recipients(f"{fields.to}, {fields.cc}, {fields.bcc}")[0]


def _prepare_copies(request: SignedInRequest, key: str) -> HttpResponse:
    """Prepare a mailing, since classes are only written to in copies; they are reviewed before sending.

    The script of the composer has just saved the text; without script it is saved here.
    """
    now, writer, address = timezone.now(), writer_of(request), reverse("compose:mailing", args=[key])
    if later := request.POST.get("later", ""):
        due_at = timezone.localtime(due_moment(later, undo_seconds=0, now=now))
        address += f"?{urlencode({'day': f'{due_at:%d/%m/%Y}', 'hour': hour_fr(due_at)})}"
    if not wants_json(request):
        saved = queries.find_draft(request.who.account_id, key)
        fields, revision = DraftForm(request.POST).draft_fields(), saved.revision if saved else 0
        services.save_draft(writer, key, fields, revision, open_mailbox.get(), now=now)
    services.sign_draft(writer, key, _imposed_signature(request), now=now)
    services.prepare_mailing(
        writer, key, None, "", asker=class_writer_of(request), limit=size_limit(request), now=now
    )
    return JsonResponse({"copies": address}) if wants_json(request) else HttpResponseRedirect(address)


def _check_quiet_hours(now: datetime) -> None:
    """Raise Refusal `outbox.quiet-hours` outside working hours, if the académie asks the writer."""
    sending = settings.CONFIG.sending
    if sending.quiet_hours == "ask" and quiet_until(sending.hours(), now):
        raise Refusal("outbox.quiet-hours")


@require_GET
@signed_in
@answers_json
def sending_state(request: SignedInRequest, key: str) -> HttpResponse:
    """State of sending `?attempt=`; polled by the composer until it is filed or refused."""
    attempt = request.GET.get("attempt", "")
    outgoing = find_outgoing(request.who.account_id, f"{key}.{attempt}") if attempt.isdecimal() else None
    if outgoing is None:
        raise Refusal("outbox.unknown")
    status = sending_status(request.who.account_id, outgoing)
    draft = queries.find_draft(request.who.account_id, key) if outgoing.state == OutboxState.REFUSED else None
    if draft and draft.is_sending:  # its draft is not reopened yet: saving it would be refused
        status["state"] = OutboxState.QUEUED
    return JsonResponse(status)


@require_POST
@csp_override(COMPOSER_CSP)
@signed_in
@answers_json
def cancel(request: SignedInRequest, key: str) -> HttpResponse:
    """Cancel the sending and reopen the draft."""
    draft = queries.find_draft(request.who.account_id, key)
    services.cancel_sending(request.who.account_id, key, by=actor_of(request), now=timezone.now())
    if draft and _was_scheduled(request.who.account_id, f"{key}.{draft.attempt}"):
        services.mark_draft(writer_of(request), key, open_mailbox.get(), is_scheduled=False)
    if wants_json(request):
        draft = queries.find_draft(request.who.account_id, key)
        content = {"attempt": draft.attempt, "revision": draft.revision} if draft else {}
        return JsonResponse({"cancelled": True, **content})
    return HttpResponseRedirect(reverse("compose:compose", args=[key]))


def _was_scheduled(account_id: int, outbox_key: str) -> bool:
    """Whether that sending was for later; the others have no mark."""
    outgoing = find_outgoing(account_id, outbox_key)
    return outgoing is not None and outgoing.due_at - outgoing.created_at > UNDO_AT_MOST


@require_GET
@signed_in
def list_waiting(request: SignedInRequest) -> HttpResponse:
    """Messages waiting to be sent."""
    waiting = [
        (message, message.key.partition(".")[0]) for message in waiting_messages(request.who.account_id)
    ]
    return render(request, "compose/waiting.html", {"waiting": waiting})
