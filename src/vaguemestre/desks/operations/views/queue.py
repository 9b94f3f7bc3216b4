"""Postfix's queue: what waits and why, and what is decided about it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.desks.operations import ports, services
from vaguemestre.desks.operations.rules.queue_list import ORDERS, QueueFilter, in_order, matching_messages
from vaguemestre.desks.operations.rules.queue_reasons import by_destination, message_reason
from vaguemestre.desks.operations.services.queue_acts import MAX_MESSAGES
from vaguemestre.desks.operations.values import QueueAct, QueuedMessage
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence

_ACTS = {"retenir": QueueAct.HOLD, "relacher": QueueAct.RELEASE, "essayer": QueueAct.RETRY}
_DONE = {
    QueueAct.HOLD: "retenus",
    QueueAct.RELEASE: "relâchés",
    QueueAct.RETRY: "essayés de nouveau",
    QueueAct.SEND_BACK: "renvoyés à qui les a écrits",
}
_DESTINATIONS_SHOWN = 50


class _Row(NamedTuple):
    message: QueuedMessage
    reason: str


@require_GET
@for_administrators
def show_queue(request: SignedInRequest) -> HttpResponse:
    return _page(request)


@require_POST
@act_words(
    "retenir ou relâcher des courriels en attente",
    {
        "retenir": "retenir des courriels en attente",
        "relacher": "relâcher des courriels en attente",
        "essayer": "essayer maintenant des courriels en attente",
    },
)
@for_administrators
def act(request: SignedInRequest) -> HttpResponse:
    """`act`: retenir, relacher, essayer; `message`: queue identifiers, or else all that the filter shows."""
    chosen = _ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise Http404
    return _decided(request, chosen)


@require_POST
@act_words("renvoyer des courriels en attente à qui les a écrits")
@for_recent_administrators
def send_back(request: SignedInRequest) -> HttpResponse:
    return _decided(request, QueueAct.SEND_BACK)


def _decided(request: SignedInRequest, chosen: QueueAct) -> HttpResponse:
    try:
        wanted = set(request.POST.getlist("message"))
        done = services.act_on_messages(
            chosen, _wanted(request, wanted),
            ports.act_on_queue.get(), by=actor_of(request), now=timezone.now(),
            reason=request.POST.get("reason", "").strip()[:200],
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, refusal=sentence(refusal), chosen=wanted, status=422)
    except EngineDown:
        return _page(request, refusal="La file ne répond pas : rien n’a été fait.", status=503)
    query = f"?fait={chosen.value}&nombre={done}"
    return HttpResponseRedirect(reverse("operations:queue") + query)


def _wanted(request: SignedInRequest, wanted: set[str]) -> list[QueuedMessage]:
    """The messages that were ticked; with `all`, those of the filter. Raises EngineDown."""
    messages = ports.list_queue.get()()
    if "all" in request.POST:
        return matching_messages(messages, _criteria(request.POST))
    return [message for message in messages if message.queue_id in wanted]


def _criteria(query: Mapping[str, str]) -> QueueFilter:
    return QueueFilter(*(str(query.get(name, "")).strip()[:254] for name in ("q", "etat", "vers")))


def _page(
    request: SignedInRequest, *, refusal: str = "", chosen: set[str] | None = None, status: int = 200
) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(ORDERS), count=50)
    criteria = _criteria(request.POST if request.method == "POST" else request.GET)
    context: dict[str, Any] = {
        "listing": listing, "criteria": criteria, "search": criteria.words, "refusal": refusal,
        "chosen": chosen or set(), "most": MAX_MESSAGES, "done": _done_words(request),
    }  # fmt: skip
    try:
        messages = ports.list_queue.get()()
    except EngineDown:
        return render(request, "operations/queue.html", {**context, "is_away": True}, status=status)
    rows = in_order(matching_messages(messages, criteria), listing.sort, backwards=listing.backwards)
    context |= {
        "rows": [_Row(message, message_reason(message)) for message in listing.shown(rows)],
        "total": len(rows),
        "queued": len(messages),
        "queue_days": settings.CONFIG.mail.outgoing.queue_days,
        "destinations": by_destination(messages)[:_DESTINATIONS_SHOWN],
    }
    return render(request, "operations/queue.html", context, status=status)


def _done_words(request: SignedInRequest) -> str:
    done, number = request.GET.get("fait", ""), request.GET.get("nombre", "")
    if done not in set(QueueAct) or not (number.isascii() and number.isdigit() and len(number) < 7):
        return ""
    return f"Courriels {_DONE[QueueAct(done)]} : {number}."
