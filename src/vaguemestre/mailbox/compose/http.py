"""HTTP helpers of the composer: the writer of a request, JSON answers."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.csp import CSP

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.kernel.text.french_dates import day_fr, hour_fr
from vaguemestre.foundation.kernel.texts import with_no_break_spaces
from vaguemestre.foundation.ui.academy import academy_of_address
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose.values import AcademySignature, Writer
from vaguemestre.people.credentials.queries import limits_of_account
from vaguemestre.people.service_classes.values import ServiceLimits
from vaguemestre.post.filelinks.values import Filelink
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.post.outbox.queries import is_held_back
from vaguemestre.post.outbox.rules.message import MEGA_BYTES
from vaguemestre.post.outbox.values import OutboxState, OutgoingMessage

log = logging.getLogger(__name__)

# These pages show quoted HTML: nothing remote loads or runs, styles only in attributes.
COMPOSER_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "style-src-attr": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
}


MAX_SLICE_BYTES = 4 * 1024 * 1024


def writer_of(request: SignedInRequest) -> Writer:
    """Writer of the request, in the mailbox that is open."""
    return writer_for(request.who)


def writer_for(who: Who) -> Writer:
    """Writer in the mailbox of `who`, their own or a shared one."""
    login = MailLogin(who.mailbox, who.session_key)
    if who.acting:
        return Writer(who.account_id, who.name, who.address, login, who.acting.box_id, who.acting.account_id)
    return Writer(who.account_id, who.name, who.address, login)


def signed_in_person(request: SignedInRequest) -> Who:
    """The person who signed in, even while a shared mailbox is open."""
    own: Who = getattr(request, "own_who", request.who)
    return own


def slice_of(request: HttpRequest) -> tuple[int, bytes] | None:
    """Offset (`?offset=`) and octets (the body) of a slice of a file; None when invalid."""
    offset = request.GET.get("offset", "")
    if not offset.isdecimal() or int(request.headers.get("Content-Length") or 0) > MAX_SLICE_BYTES:
        return None
    return int(offset), request.body


def actor_of(request: SignedInRequest) -> str:
    """Actor for the journal."""
    return request.who.actor


def size_limit(request: SignedInRequest) -> int:
    """Maximum size of an encoded message of that mailbox, in octets; its class of service may set less."""
    return size_limit_in(limits_of_account(request.who.account_id))


def size_limit_in(limits: ServiceLimits) -> int:
    """Maximum size of an encoded message under these limits, in octets."""
    return min(limits.message_mb * MEGA_BYTES or whole_size_limit(), whole_size_limit())


def whole_size_limit() -> int:
    """Maximum size of an encoded message of anybody, in octets."""
    return int(settings.MESSAGE_SIZE_LIMIT)


def academy_signature(who: Who) -> AcademySignature:
    """Signature of the user's académie."""
    academy = academy_of_address(who.address)
    return AcademySignature(str(academy.signature), is_imposed=academy.signature_use == "imposed")


def link_json(file_link: Filelink) -> dict[str, Any]:
    """JSON of a file sent as a link."""
    return {
        "id": file_link.id,
        "name": file_link.name,
        "size": file_link.size,
        "received": file_link.received,
        "until": f"{file_link.until:%d/%m/%Y}",
        "locked": file_link.has_password,
        "infected": file_link.verdict == "infected",
    }


class SendingStatus(TypedDict):
    """JSON of a sending. `held_ms`: how long it can still be cancelled; no clock time to compare with.

    `is_held_back`: it waits in the queue until its author confirms that they wrote it.
    """

    state: str
    key: str
    held_ms: int
    is_held_back: bool
    due: str
    reason: str


def sending_status(account_id: int, outgoing: OutgoingMessage) -> SendingStatus:
    """JSON of the state of a sending."""
    held_seconds = (
        (outgoing.due_at - timezone.now()).total_seconds() if outgoing.state == OutboxState.HELD else 0
    )
    is_submitted = outgoing.state in (OutboxState.SUBMITTED, OutboxState.FILED)
    due_at = timezone.localtime(outgoing.due_at)
    day = day_fr(due_at.date(), with_weekday=True, with_year=due_at.year != timezone.localtime().year)
    return {
        "state": outgoing.state,
        "key": outgoing.key,
        "held_ms": max(0, int(held_seconds * 1000)),
        "is_held_back": is_submitted and is_held_back(account_id, outgoing.key),
        "due": f"{day} à {hour_fr(outgoing.due_at)}",
        "reason": sentence(Refusal(outgoing.reason, address=outgoing.about)) if outgoing.reason else "",
    }


def framed_query(request: HttpRequest) -> str:
    """Query that keeps the next page of a composer in its pane without a second header; "" elsewhere."""
    return "?cadre=1" if "cadre" in request.GET else ""


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def refusal_json(refusal: Refusal) -> JsonResponse:
    """JSON of a refusal: its sentence, code and field, if any."""
    is_conflict = refusal.code in {"compose.changed-elsewhere", "compose.already-sent"}
    content = {"error": sentence(refusal), "code": refusal.code, "field": refusal.facts.get("field", "")}
    return JsonResponse(content, status=409 if is_conflict else 422)


_AWAY = with_no_break_spaces(
    "Une partie de la messagerie ne répond pas. Votre texte est gardé ; réessayez bientôt."
)


def answers_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view: JSON requests get refusals and engine errors as JSON."""

    @wraps(view)
    def wrapped(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not wants_json(request):
            return view(request, *args, **kwargs)
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refusal_json(refusal)
        except (EngineDown, EngineRefused) as error:
            log.warning("engine away on %s: %s", request.path, error, extra={"request": request})
            return JsonResponse({"error": _AWAY, "code": "engine-down", "field": ""}, status=503)

    return wrapped
