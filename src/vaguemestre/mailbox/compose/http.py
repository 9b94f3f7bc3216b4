"""The composer's requests: who writes, and answers its script understands."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.csp import CSP

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.post.filelinks.values import Deposited
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.post.outbox.values import Outgoing

log = logging.getLogger(__name__)

# Quoted HTML lives in these pages: nothing remote loads or runs, styles stand in attributes only.
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


MOST_IN_A_SLICE = 4 * 1024 * 1024


def writer_of(request: SignedInRequest) -> Writer:
    return writer_for(request.who)


def writer_for(who: Who) -> Writer:
    login = MailLogin(who.mailbox, who.session_key)
    if who.acting:
        hand = who.acting.account_id
        return Writer(who.account_id, who.name, who.address, login, who.acting.box_id, hand)
    return Writer(who.account_id, who.name, who.address, login)


def oneself(request: SignedInRequest) -> Who:
    """The person, even in a mailbox of several people."""
    own: Who = getattr(request, "own_who", request.who)
    return own


def slice_of(request: HttpRequest) -> tuple[int, bytes] | None:
    """A piece of a file: where it begins (`?offset=`), its octets (the body). None for what is no piece."""
    offset = request.GET.get("offset", "")
    if not offset.isdecimal() or int(request.headers.get("Content-Length") or 0) > MOST_IN_A_SLICE:
        return None
    return int(offset), request.body


def actor_of(request: SignedInRequest) -> str:
    return request.who.actor


def size_limit() -> int:
    """Octets a message may have on the wire."""
    return int(settings.MESSAGE_SIZE_LIMIT)


def academy_signature() -> str:
    """The template of the académie's signatures (HTML with variables)."""
    return str(settings.CONFIG.academy.signature)


def told_link(deposit: Deposited) -> dict[str, object]:
    """A file the message carries a link to, for the script."""
    return {
        "id": deposit.id,
        "name": deposit.name,
        "size": deposit.size,
        "received": deposit.received,
        "until": f"{deposit.until:%d/%m/%Y}",
        "locked": deposit.has_password,
        "infected": deposit.verdict == "infected",
    }


def sending_status(outgoing: Outgoing) -> dict[str, object]:
    """State of a sending for the script: milliseconds it is still held, never a clock to compare with."""
    left = (outgoing.due_at - timezone.now()).total_seconds() if outgoing.state == "held" else 0
    return {
        "state": outgoing.state,
        "key": outgoing.key,
        "held_ms": max(0, int(left * 1000)),
        "due": timezone.localtime(outgoing.due_at).strftime("%d/%m/%Y à %H:%M"),
        "reason": sentence(Refusal(outgoing.reason, address=outgoing.about)) if outgoing.reason else "",
    }


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def refusal_json(refusal: Refusal) -> JsonResponse:
    """The sentence, its code, and the field to mend if there is one."""
    gone = refusal.code in {"compose.changed-elsewhere", "compose.already-sent"}
    told = {"error": sentence(refusal), "code": refusal.code, "field": refusal.facts.get("field", "")}
    return JsonResponse(told, status=409 if gone else 422)


def answers_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the script's requests: refusals and absent engines are said in JSON."""

    @wraps(view)
    def wrapped(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not wants_json(request):
            return view(request, *args, **kwargs)
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refusal_json(refusal)
        except (EngineDown, EngineRefused) as error:
            log.warning("engine away on %s: %s", request.path, error)
            away = "Une partie de la messagerie ne répond pas. Votre texte est gardé ; réessayez bientôt."
            return JsonResponse({"error": away, "code": "engine-down", "field": ""}, status=503)

    return wrapped
