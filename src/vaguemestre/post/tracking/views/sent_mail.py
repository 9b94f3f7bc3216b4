"""What was sent and what became of it."""

import logging
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.outbox import queries, services
from vaguemestre.post.outbox.ports import find_reports
from vaguemestre.post.outbox.rules.fates import summary
from vaguemestre.post.outbox.rules.hours import quiet_until
from vaguemestre.post.tracking.forms import HourForm

log = logging.getLogger(__name__)

PAGE = 50
_FRESH = timedelta(minutes=2)  # so long, a trail asks again by itself
_LAST_PAGE = 200


@require_GET
@signed_in
def list_sent(request: SignedInRequest) -> HttpResponse:
    account_id, search = request.who.account_id, request.GET.get("q", "")[:200]
    number = _page_number(request.GET.get("page", ""))
    found = queries.passages_of(account_id, offset=(number - 1) * PAGE, limit=PAGE + 1, search=search)
    shown = {
        "sent": [(passage, summary(passage.fates)) for passage in found[:PAGE]],
        "waiting": _waiting(account_id) if number == 1 and not search else [],
        "held": queries.has_held(account_id),
        "search": search,
        "before": number - 1,
        "after": number + 1 if len(found) > PAGE else 0,
        "done": request.GET.get("fait", ""),
        "error": "",
    }
    return render(request, "tracking/sent.html", shown)


@require_GET
@signed_in
def show_trail(request: SignedInRequest) -> HttpResponse:
    """`?id=` Message-ID: the fate of each recipient; a fragment for htmx, else a page.

    Empty fragment for a message that never passed our door: another program, another time.
    """
    account_id, message_id = request.who.account_id, request.GET.get("id", "").strip()[:255]
    if message_id and not message_id.startswith("<"):
        message_id = f"<{message_id}>"
    _gather(request)
    passages = queries.passages_of_message(account_id, message_id)
    now = timezone.now()
    shown = {
        "message_id": message_id,
        "passages": passages,
        "waiting": None if passages else queries.find_outgoing_of(account_id, message_id),
        "again": any(now - passage.at < _FRESH for passage in passages),
    }
    is_fragment = "HX-Request" in request.headers
    return render(request, "tracking/trail.html" if is_fragment else "tracking/trail_page.html", shown)


@require_GET
@signed_in
def show_banner(request: SignedInRequest) -> HttpResponse:
    """A fragment for pages of the webmail: held mail to see to, or nothing."""
    return render(request, "tracking/banner.html", {"held": queries.has_held(request.who.account_id)})


@require_GET
@signed_in
def tell_hours(request: SignedInRequest) -> HttpResponse:
    """For the composer: the morning to put off to outside working time, empty within it."""
    sending = settings.CONFIG.sending
    mine = queries.sending_of(request.who.account_id, undo_seconds=settings.UNDO_SECONDS)
    wanted = sending.quiet_hours == "ask" or (sending.quiet_hours == "offer" and mine.offers_quiet_hours)
    until = quiet_until(sending.hours(), timezone.now()) if wanted else None
    if until is None:
        return JsonResponse({"until": "", "words": ""})
    words = f"{date_format(until, 'l j F')} à {until:%H:%M}"
    return JsonResponse({"until": f"{until:%d/%m/%Y %H:%M}", "words": words})


@require_POST
@signed_in
def reschedule(request: SignedInRequest) -> HttpResponse:
    """Another hour for a message that waits for its own."""
    form, account_id, now = HourForm(request.POST), request.who.account_id, timezone.now()
    try:
        if form.is_valid():
            by = f"account:{account_id}"
            services.reschedule_message(account_id, form.cleaned_data["cle"], form.due, by=by, now=now)
            return HttpResponseRedirect(f"{reverse('tracking:sent')}?fait=heure")
        error = " ".join(str(one) for one in form.non_field_errors())
    except Refusal as refusal:
        error = sentence(refusal)
    waiting = _waiting(account_id, {request.POST.get("cle", ""): form})
    shown = {"sent": [], "waiting": waiting, "held": False, "search": "", "error": error}
    return render(request, "tracking/sent.html", shown, status=422)


def _waiting(account_id: int, forms: dict[str, HourForm] | None = None) -> list[dict[str, object]]:
    """Each message on its way, the composer's key of it, and the form for another hour."""
    found = []
    for message in queries.waiting_messages(account_id):
        local = timezone.localtime(message.due_at)
        first = {"cle": message.key, "jour": f"{local:%d/%m/%Y}", "heure": f"{local:%H:%M}"}
        form = (forms or {}).get(message.key) or HourForm(initial=first)
        reason = sentence(Refusal(message.reason, address=message.about)) if message.reason else ""
        found.append(
            {
                "message": message,
                "composer": message.key.partition(".")[0],
                "form": form,
                "reason": reason,
            }
        )
    return found


def _gather(request: SignedInRequest) -> None:
    """Look at what came back first; an absent mailbox only makes the answer older."""
    who = request.who
    try:
        services.gather_reports(
            who.account_id, who.mailbox, who.session_key, find_reports.get(), now=timezone.now()
        )
    except (EngineDown, EngineRefused, Refusal) as error:
        log.warning("reports not looked for: %s", error)


def _page_number(text: str) -> int:
    return min(_LAST_PAGE, max(1, int(text))) if text.isdecimal() and len(text) < 6 else 1
