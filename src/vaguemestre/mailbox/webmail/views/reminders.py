"""What one comes back to: messages put off, answers waited for, messages followed."""

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.calendar.rules.holidays import coming
from vaguemestre.mailbox.calendar.values import Holiday
from vaguemestre.mailbox.webmail.http import base_of, mailbox_of, own_addresses, refs_in, wants_fragment
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing import folders as naming
from vaguemestre.mailbox.webmail.rules.listing import snooze as rules
from vaguemestre.mailbox.webmail.services import message_lists, snooze
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MessageRef


@require_GET
@signed_in
def list_reminders(request: SignedInRequest) -> HttpResponse:
    """Everything one waits for, with its day."""
    with mailbox_of(request.who) as mailbox:
        everywhere = message_lists.everywhere(message_lists.folders_of(mailbox, request.who.mailbox))
    rows = [
        {
            "row": row,
            "base": base_of(MessageRef(row.folder, row.uid_validity, row.uid)),
            "due": f"{french.full_day(paris_day(row.due_at))} à {french.hour(row.due_at)}",
        }
        for row in snooze.reminders_of(request.who.account_id)
    ]
    shown = {
        "put_off": [one for one in rows if one["row"].kind == snooze.PUT_OFF],  # type: ignore[attr-defined]
        "answers": [one for one in rows if one["row"].kind == snooze.ANSWER],  # type: ignore[attr-defined]
        "everywhere": naming.slug(everywhere) if everywhere else "INBOX",
        "told": "fait" in request.GET,
    }
    return render(request, "webmail/reminders.html", shown)


@require_GET
@signed_in
def propose_moments(request: SignedInRequest) -> HttpResponse:
    """The moments that may be chosen now, by name."""
    now = timezone.now()
    return render(request, "webmail/moments.html", {"moments": rules.proposed(now, _coming(now))})


@require_POST
@signed_in
def put_off(request: SignedInRequest) -> HttpResponse:
    """Messages `ref` out of sight until `quand`: a name, or `date` and its `jour`."""
    now = timezone.now()
    until = moment_asked(request, now)
    with mailbox_of(request.who) as mailbox:
        made = snooze.put_off(mailbox, request.who.account_id, refs_in(request.POST), until, now=now)
    return _told(request, made, until)


@require_POST
@signed_in
def await_answer(request: SignedInRequest) -> HttpResponse:
    """Be told when nobody answered a sent message, `ref`, by `quand`."""
    now = timezone.now()
    until = moment_asked(request, now)
    refs = refs_in(request.POST)
    if not refs:
        raise Http404
    own = own_addresses(request.who)
    with mailbox_of(request.who) as mailbox:
        made = snooze.await_answer(mailbox, request.who.account_id, refs[0], until, own, now=now)
    return _told(request, (made,), until)


@require_POST
@signed_in
def call_off(request: SignedInRequest) -> HttpResponse:
    """The reminders `rappel` are wanted no more."""
    for number in request.POST.getlist("rappel"):
        if not number.isdecimal() or len(number) > 18:
            raise Http404
        snooze.call_off(request.who.account_id, int(number), open_mailbox.get(), now=timezone.now())
    if wants_fragment(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("webmail:list-reminders") + "?fait=1")


def moment_asked(request: SignedInRequest, now: datetime) -> datetime:
    """What `quand`, with its `jour` for a date, stands for. Raises Refusal, as `rules.moment_of`."""
    sent = request.POST
    return rules.moment_of(sent.get("quand", ""), sent.get("jour", ""), now, _coming(now))


def _coming(now: datetime) -> tuple[Holiday, ...]:
    return coming(settings.CONFIG.academy.school_zone, paris_day(now), 1)


def _told(request: SignedInRequest, made: tuple[int, ...], until: datetime) -> HttpResponse:
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("webmail:list-reminders") + "?fait=1")
    said = f"{french.full_day(paris_day(until))} à {french.hour(until)}"
    return JsonResponse({"reminders": made, "until": said})
