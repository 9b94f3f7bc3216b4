"""Sent mail and its delivery status."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby, takewhile
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.kernel.text.french_dates import coming_moment_fr, hour_fr
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.outbox import queries, services
from vaguemestre.post.outbox.ports import check_due_date, find_reports
from vaguemestre.post.outbox.rules.delivery_status import overall_state
from vaguemestre.post.outbox.rules.hours import quiet_until
from vaguemestre.post.outbox.rules.series import series_of, shared_subject
from vaguemestre.post.outbox.values import DeliveryState, HoldState, OutgoingMessage, SubmittedMessage
from vaguemestre.post.tracking.forms import RescheduleForm
from vaguemestre.post.tracking.ports import unfinished_mailings

log = logging.getLogger(__name__)

PAGE_SIZE = 50
_REFRESHED_FOR = timedelta(minutes=2)  # how long after a submission its status refreshes by itself
_MAX_TOGETHER = 500  # copies of one mailing that a page takes in beyond its size


class _WaitingRow(NamedTuple):
    """A message that is not sent yet, the key of its composer, and the form to reschedule it."""

    message: OutgoingMessage
    composer: str
    form: RescheduleForm
    reason: str


class _SentRow(NamedTuple):
    """A message, or the copies of a mailing that stand together in the list, and their worst state."""

    messages: tuple[SubmittedMessage, ...]
    state: DeliveryState

    @property
    def is_held(self) -> bool:
        return any(message.hold is HoldState.HELD for message in self.messages)

    @property
    def subject(self) -> str:
        return shared_subject([message.subject for message in self.messages])

    @property
    def copies(self) -> "list[_SentRow]":
        """A row for each copy; none for a message alone."""
        if len(self.messages) == 1:
            return []
        return [_SentRow((message,), overall_state(message.statuses)) for message in self.messages]


@require_GET
@signed_in
def list_sent(request: SignedInRequest) -> HttpResponse:
    search, before = request.GET.get("q", "")[:200], _number(request.GET.get("suite", ""))
    context = _sent_context(request.who.account_id, before, search)
    return render(request, "tracking/sent.html", {**context, "done": request.GET.get("fait", "")})


def _sent_context(account_id: int, before: int = 0, search: str = "") -> dict[str, object]:
    submissions, has_more = _page_of(account_id, before, search)
    is_first = not before and not search
    return {
        "sent": _grouped(submissions),
        "waiting": _waiting_rows(account_id) if is_first else [],
        "mailings": unfinished_mailings.get()(account_id, timezone.now()) if is_first else (),
        "has_held": queries.has_held(account_id),
        "search": search,
        "is_later_page": bool(before),
        "next_page": submissions[-1].id if has_more else 0,
    }


def _page_of(account_id: int, before: int, search: str) -> tuple[Sequence[SubmittedMessage], bool]:
    """A page of submissions that cuts no mailing in two, and whether others follow."""
    found = queries.submissions_of(account_id, before=before, limit=PAGE_SIZE + 1, search=search)
    page, following = found[:PAGE_SIZE], found[PAGE_SIZE:]
    series = series_of(page[-1].message_id) if following else ""
    if series and series == series_of(following[0].message_id):
        rest = queries.submissions_of(account_id, before=page[-1].id, limit=_MAX_TOGETHER + 1, search=search)
        copies = tuple(takewhile(lambda one: series_of(one.message_id) == series, rest[:_MAX_TOGETHER]))
        return (*page, *copies), len(copies) < len(rest)
    return page, bool(following)


def _grouped(submissions: Sequence[SubmittedMessage]) -> list[_SentRow]:
    """One row for the copies of a mailing that follow each other: they would push all other mail away."""
    rows = []
    for _, group in groupby(submissions, key=lambda one: series_of(one.message_id) or one.id):
        messages = tuple(group)
        rows.append(_SentRow(messages, overall_state([state for one in messages for state in one.statuses])))
    return rows


@require_GET
@signed_in
def show_status(request: SignedInRequest) -> HttpResponse:
    """Delivery status of each recipient of `?id=` (a Message-ID): a fragment for htmx, else a page.

    The fragment is empty for a message that was not submitted here.
    """
    account_id, message_id = request.who.account_id, request.GET.get("id", "").strip()[:255]
    if message_id and not message_id.startswith("<"):
        message_id = f"<{message_id}>"
    _collect_reports(request)
    submissions = queries.submissions_of_message(account_id, message_id)
    now = timezone.now()
    context = {
        "message_id": message_id,
        "submissions": submissions,
        "waiting": None if submissions else queries.find_outgoing_by_message_id(account_id, message_id),
        "is_refreshed": any(now - submission.at < _REFRESHED_FOR for submission in submissions),
    }
    is_fragment = "HX-Request" in request.headers
    return render(request, "tracking/status.html" if is_fragment else "tracking/status_page.html", context)


def show_banner(request: SignedInRequest) -> HttpResponse:
    """The line above the mail if some of what the person sends is held; empty otherwise."""
    return render(request, "tracking/banner.html", {"has_held": queries.has_held(request.who.account_id)})


@require_GET
@signed_in
def show_quiet_hours(request: SignedInRequest) -> HttpResponse:
    """JSON for the composer: the next working morning during quiet hours, else empty."""
    sending = settings.CONFIG.sending
    preferences = queries.sending_preferences(request.who.account_id, undo_seconds=settings.UNDO_SECONDS)
    is_offered = sending.quiet_hours == "ask" or (
        sending.quiet_hours == "offer" and preferences.offers_quiet_hours
    )
    now = timezone.now()
    until = quiet_until(sending.hours(), now) if is_offered else None
    if until is None:
        return JsonResponse({"until": "", "words": ""})
    words = coming_moment_fr(until, paris_day(now))
    return JsonResponse({"until": f"{until:%d/%m/%Y %H:%M}", "words": words})


@require_POST
@signed_in
def reschedule(request: SignedInRequest) -> HttpResponse:
    """Change the due date of a held message."""
    form, account_id, now = RescheduleForm(request.POST), request.who.account_id, timezone.now()
    try:
        if form.is_valid():
            services.reschedule_message(
                account_id,
                form.cleaned_data["key"],
                form.due_at,
                check_due_date=check_due_date.get(),
                by=account_subject(account_id),
                now=now,
            )
            return HttpResponseRedirect(f"{reverse('tracking:sent')}?fait=heure")
        error = " ".join(str(message) for message in form.non_field_errors())
    except Refusal as refusal:
        error = sentence(refusal)
    waiting = _waiting_rows(account_id, {request.POST.get("key", ""): form})
    context = {**_sent_context(account_id), "waiting": waiting, "error": error}
    return render(request, "tracking/sent.html", context, status=422)


def _waiting_rows(account_id: int, forms: dict[str, RescheduleForm] | None = None) -> list[_WaitingRow]:
    """`forms`: forms with errors, by key of their message."""
    rows = []
    for message in queries.waiting_messages(account_id):
        local = timezone.localtime(message.due_at)
        initial = {"key": message.key, "day": f"{local:%d/%m/%Y}", "hour": hour_fr(local)}
        form = (forms or {}).get(message.key) or RescheduleForm(initial=initial)
        reason = sentence(Refusal(message.reason, address=message.about)) if message.reason else ""
        rows.append(_WaitingRow(message, message.key.partition(".")[0], form, reason))
    return rows


def _collect_reports(request: SignedInRequest) -> None:
    """Read new reports of the inbox. A mailbox that does not answer only makes the status older."""
    who = request.who
    try:
        services.collect_reports(
            who.account_id, who.mailbox, who.session_key, find_reports.get(), now=timezone.now()
        )
    except (EngineDown, EngineRefused, Refusal) as error:
        log.warning("reports not collected: %s", error)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
