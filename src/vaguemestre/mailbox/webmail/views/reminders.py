"""Reminders: snoozed messages, answers awaited, flagged messages."""

from datetime import datetime
from typing import NamedTuple

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.mailbox.calendar.rules.holidays import coming_holidays
from vaguemestre.mailbox.calendar.values import Holiday
from vaguemestre.mailbox.webmail.http import (
    mailbox_of,
    message_path,
    own_addresses,
    parse_refs,
    wants_fragment,
)
from vaguemestre.mailbox.webmail.models import ReminderRow
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing import snooze as rules
from vaguemestre.mailbox.webmail.rules.listing.folders import slug
from vaguemestre.mailbox.webmail.services import message_lists, snooze
from vaguemestre.mailbox.webmail.values import ReminderKind
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MessageRef


class ReminderLine(NamedTuple):
    """A reminder on the page. `path`: of its message; `due`: its date in words."""

    row: ReminderRow
    path: str
    due: str


@require_GET
@signed_in
def list_reminders(request: SignedInRequest) -> HttpResponse:
    """All reminders of the user."""
    with mailbox_of(request.who) as mailbox:
        all_mail = message_lists.all_mail_folder(message_lists.folders_of(mailbox, request.who.mailbox))
    lines = [
        ReminderLine(
            row, message_path(MessageRef(row.folder, row.uid_validity, row.uid)), _in_words(row.due_at)
        )
        for row in snooze.reminders_of(request.who.account_id)
    ]
    context = {
        "snoozed": [line for line in lines if line.row.kind == ReminderKind.SNOOZE],
        "answers": [line for line in lines if line.row.kind == ReminderKind.ANSWER],
        "all_mail_slug": slug(all_mail) if all_mail else "INBOX",
        "is_done": "fait" in request.GET,
    }
    return render(request, "webmail/reminders.html", context)


@require_GET
@signed_in
def offer_choices(request: SignedInRequest) -> HttpResponse:
    """The named dates that can be chosen now."""
    now = timezone.now()
    choices = rules.snooze_choices(now, _coming(request, now))
    return render(request, "webmail/snooze_choices.html", {"choices": choices})


@require_POST
@signed_in
def snooze_messages(request: SignedInRequest) -> HttpResponse:
    """Snooze the messages `ref` until `when`: the name of a date, or `date` with `day`."""
    now = timezone.now()
    until, refs = chosen_moment(request, now), parse_refs(request.POST)
    with mailbox_of(request.who) as mailbox:
        reminders = snooze.snooze_messages(mailbox, request.who.account_id, refs, until, now=now)
    return _created(request, reminders, until)


@require_POST
@signed_in
def await_answer(request: SignedInRequest) -> HttpResponse:
    """Remind the user if a sent message, `ref`, has no answer by `when`."""
    now = timezone.now()
    until = chosen_moment(request, now)
    refs = parse_refs(request.POST)
    if not refs:
        raise Http404
    own = own_addresses(request.who)
    with mailbox_of(request.who) as mailbox:
        reminder = snooze.await_answer(mailbox, request.who.account_id, refs[0], until, own, now=now)
    return _created(request, (reminder,), until)


@require_POST
@signed_in
def cancel_reminders(request: SignedInRequest) -> HttpResponse:
    """Cancel the reminders `rappel`."""
    for reminder in request.POST.getlist("reminder"):
        if not reminder.isdecimal() or len(reminder) > 18:
            raise Http404
        snooze.cancel_reminder(request.who.account_id, int(reminder), open_mailbox.get(), now=timezone.now())
    if wants_fragment(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("webmail:list-reminders") + "?fait=1")


def chosen_moment(request: SignedInRequest, now: datetime) -> datetime:
    """The date chosen by `when`, with `day` and `hour` for a day. Raises as `rules.moment_of`."""
    form = request.POST
    day, hour = form.get("day", ""), form.get("hour", "")
    return rules.moment_of(form.get("when", ""), day, now, _coming(request, now), hour=hour)


def _coming(request: SignedInRequest, now: datetime) -> tuple[Holiday, ...]:
    return coming_holidays(academy_of(request).school_zone, paris_day(now), 1)


def _created(request: SignedInRequest, reminders: tuple[int, ...], until: datetime) -> HttpResponse:
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("webmail:list-reminders") + "?fait=1")
    return JsonResponse({"reminders": reminders, "until": _in_words(until)})


def _in_words(moment: datetime) -> str:
    return f"{french.full_day(paris_day(moment))} à {french.hour(moment)}"
