"""The card « Avant d’ouvrir le service », on the page of administrators."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.desks.firstday import queries, services
from vaguemestre.desks.firstday.queries import Card
from vaguemestre.mailbox.autoconfig.http import wanted_records
from vaguemestre.mailbox.autoconfig.ports import look_up
from vaguemestre.mailbox.autoconfig.rules.records import State, checked_records
from vaguemestre.people.credentials.values import AccountRole


def card_of(request: SignedInRequest, now: datetime) -> Card | None:
    """The card of the administrator who asks; None for those of one académie, and once all is done."""
    if request.who.role != AccountRole.ADMINISTRATOR or request.who.office_academy:
        return None
    card = queries.first_day_card(request.who.account_id, now)
    if card and card.done == len(card.steps):
        services.end_first_day(now=now)
        return None
    return card


@require_GET
@for_administrators
def check_dns(request: SignedInRequest) -> HttpResponse:
    """What the DNS says now, as the words of its step: nobody may answer for seconds."""
    records = wanted_records()
    lines = checked_records(records, look_up.get()({record.question for record in records}))
    wrong = sum(line.state in (State.MISSING, State.OTHER) for line in lines)
    is_silent = any(line.state is State.SILENT for line in lines)
    if not wrong and not is_silent:
        services.record_dns_right(now=timezone.now())
    return render(request, "firstday/dns.html", {"wrong": wrong, "is_silent": is_silent})


@require_POST
@for_administrators
def close(request: SignedInRequest) -> HttpResponse:
    services.close_card(by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(reverse("backoffice:home"))
