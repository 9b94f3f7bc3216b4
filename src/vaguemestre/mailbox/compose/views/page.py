"""The composer's page, shown fresh or again with what was typed and what is wrong."""

from dataclasses import asdict, replace

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
    oneself,
    sending_status,
    size_limit,
    told_link,
    writer_of,
)
from vaguemestre.mailbox.compose.rules.due_time import GRACE
from vaguemestre.mailbox.compose.rules.identities import signed_html
from vaguemestre.mailbox.compose.services.submission import sending_key
from vaguemestre.mailbox.compose.values import Mode, Writing, Written
from vaguemestre.post.filelinks.http import room
from vaguemestre.post.outbox.queries import find_outgoing, sending_of
from vaguemestre.post.outbox.rules.text import plain_text


def composer_page(
    request: SignedInRequest, writing: Writing, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """`refusal`: why the last sending did not happen, said beside its field."""
    senders = queries.senders_of(writer_of(request), academy_signature())
    undo_seconds = sending_of(request.who.account_id, undo_seconds=settings.UNDO_SECONDS).undo_seconds
    shown = {
        "writing": writing,
        "elsewhere": _elsewhere(request),
        "senders": senders,
        "signatures": {str(one.id): one.signature for one in senders},
        "outgoing": _outgoing(request, writing, undo_seconds) if writing.is_sending else None,
        "is_framed": "cadre" in request.GET,
        "error": sentence(refusal) if refusal else "",
        "error_field": str(refusal.facts.get("field", "")) if refusal else "",
        "undo_seconds": undo_seconds,
        "size_limit": size_limit(),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "domain": request.who.address.rpartition("@")[2],
        "enclosures": [asdict(enclosure) for enclosure in writing.enclosures],
        "links": [told_link(deposit) for deposit in writing.deposits],
        "most_days": room().most_days,
        "fallback_text": _text_of(writing.written),  # for a browser without script
    }
    return render(request, "compose/composer.html", shown, status=status)


def _outgoing(request: SignedInRequest, writing: Writing, undo_seconds: int) -> dict[str, object] | None:
    """Status of the sending under way, with the seconds left to take it back."""
    outgoing = find_outgoing(request.who.account_id, sending_key(writing.key, writing.attempt))
    if outgoing is None:
        return None
    left = (outgoing.due_at - timezone.now()).total_seconds()
    is_scheduled = left > undo_seconds + GRACE.total_seconds()
    return sending_status(outgoing) | {
        "is_scheduled": is_scheduled,
        "seconds": max(1, min(undo_seconds, int(left))),
    }


def _elsewhere(request: SignedInRequest) -> list[tuple[int, str]]:
    """What else « De » offers: (number, name) of other mailboxes; 0 is one's own."""
    acting, me = request.who.acting, oneself(request)
    if acting and acting.is_lent:
        return []
    found = queries.other_boxes(me.account_id, acting.box_id if acting else 0, timezone.now())
    own = [(0, f"{me.name} <{me.address}>")] if acting else []
    return own + [(one.box_id, f"{one.title} <{one.address}>") for one in found]


def _text_of(written: Written) -> str:
    if written.is_plain or written.text or not written.html:
        return written.text
    return plain_text(written.html)


def signed(request: SignedInRequest, written: Written) -> Written:
    """What a new message starts with: the usual identity and its signature under the text."""
    usual = queries.senders_of(writer_of(request), academy_signature())[0]
    html = signed_html(written.html, usual.signature)
    text = plain_text(html) if usual.signature else written.text
    return replace(written, identity=usual.id, html=html, text=text)


def empty_writing(key: str, written: Written) -> Writing:
    """A composer nothing was saved of yet."""
    return Writing(key, Mode.NEW, written, quote="", revision=0, attempt=1, is_sending=False)
