"""Page of the composer."""

from dataclasses import asdict, replace
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose import queries
from vaguemestre.mailbox.compose.http import (
    academy_signature,
    link_json,
    sending_status,
    signed_in_person,
    size_limit_in,
    writer_of,
)
from vaguemestre.mailbox.compose.rules.due_time import GRACE
from vaguemestre.mailbox.compose.rules.identities import with_signature
from vaguemestre.mailbox.compose.services.submission import sending_key
from vaguemestre.mailbox.compose.values import Draft, DraftFields, Mode
from vaguemestre.people.credentials.queries import limits_of_account
from vaguemestre.post.filelinks.http import file_limits
from vaguemestre.post.outbox.queries import find_outgoing, sending_preferences
from vaguemestre.post.outbox.rules.text import plain_text


def composer_page(
    request: SignedInRequest, draft: Draft, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """Page of the draft; `refusal`: of the last sending, shown beside its field."""
    senders = queries.senders_of(writer_of(request), academy_signature(request.who))
    undo_seconds = sending_preferences(
        request.who.account_id, undo_seconds=settings.UNDO_SECONDS
    ).undo_seconds
    limits = limits_of_account(request.who.account_id)
    context = {
        "draft": draft,
        "other_mailboxes": _other_mailboxes(request),
        "senders": senders,
        "signatures": {str(sender.id): sender.signature for sender in senders},
        "outgoing": _outgoing(request, draft, undo_seconds) if draft.is_sending else None,
        "is_framed": "cadre" in request.GET,
        "error": sentence(refusal) if refusal else "",
        "error_field": str(refusal.facts.get("field", "")) if refusal else "",
        "undo_seconds": undo_seconds,
        "size_limit": size_limit_in(limits),
        "lends_files": limits.lends_files,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "domain": request.who.address.rpartition("@")[2],
        "enclosures": [asdict(enclosure) for enclosure in draft.enclosures],
        "links": [link_json(file_link) for file_link in draft.file_links],
        "most_days": file_limits().most_days,
        "fallback_text": _fallback_text(draft.fields),  # for a browser without script
    }
    return render(request, "compose/composer.html", context, status=status)


def _outgoing(request: SignedInRequest, draft: Draft, undo_seconds: int) -> dict[str, Any] | None:
    """Status of the sending under way, with the seconds left to cancel it."""
    outgoing = find_outgoing(request.who.account_id, sending_key(draft.key, draft.attempt))
    if outgoing is None:
        return None
    seconds_left = (outgoing.due_at - timezone.now()).total_seconds()
    is_scheduled = seconds_left > undo_seconds + GRACE.total_seconds()
    return {
        **sending_status(request.who.account_id, outgoing),
        "is_scheduled": is_scheduled,
        "seconds": max(1, min(undo_seconds, int(seconds_left))),
    }


def _other_mailboxes(request: SignedInRequest) -> list[tuple[int, str]]:
    """Other mailboxes offered by « De »: (number, name); 0 is one's own."""
    acting, person = request.who.acting, signed_in_person(request)
    if acting and acting.is_lent:
        return []
    boxes = queries.sendable_boxes(person.account_id, acting.box_id if acting else 0, timezone.now())
    own_mailbox = [(0, f"{person.name} <{person.address}>")] if acting else []
    return own_mailbox + [(box.box_id, f"{box.title} <{box.address}>") for box in boxes]


def _fallback_text(fields: DraftFields) -> str:
    if fields.is_plain or fields.text or not fields.html:
        return fields.text
    return plain_text(fields.html)


def with_default_signature(request: SignedInRequest, fields: DraftFields) -> DraftFields:
    """Fields of a new message, with the default identity and its signature under the text."""
    default = queries.senders_of(writer_of(request), academy_signature(request.who))[0]
    html = with_signature(fields.html, default.signature)
    text = plain_text(html) if default.signature else fields.text
    return replace(fields, identity=default.id, html=html, text=text)


def empty_draft(key: str, fields: DraftFields) -> Draft:
    """Draft that was never saved."""
    return Draft(key, Mode.NEW, fields, quote="", revision=0, attempt=1, is_sending=False)
