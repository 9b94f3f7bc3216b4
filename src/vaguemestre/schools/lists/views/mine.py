"""« Mes listes », one of them, and why one receives it."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.http import actor_of, maker_of, person_of, seat_at
from vaguemestre.schools.lists.rules import words
from vaguemestre.schools.lists.rules.members import from_json
from vaguemestre.schools.lists.values import Kind, ReplyTo, Writers


@require_GET
@signed_in
def list_lists(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    cards = queries.cards_of(request.who.account_id, person_of(request), now)
    everywhere, places = services.reach_of(maker_of(request), now)
    told = {
        "kept": [one for one in cards if one.is_keeper],
        "mine": [one for one in cards if one.is_member],
        "open": [one for one in cards if one.may_join],
        "may_make": everywhere or bool(places),
        "done": request.GET.get("fait", ""),
    }
    return render(request, "lists/mine.html", told)


@require_GET
@signed_in
def show_list(request: SignedInRequest, list_id: int) -> HttpResponse:
    """Who is in it today, and why; nothing of that for somebody it does not concern."""
    seat = seat_at(request, list_id)
    row = seat.row
    if not (seat.is_keeper or seat.is_member or row.may_join or _may_write(seat.is_member, row.writers)):
        raise Http404
    rule = from_json(row.rule)
    sees_members = seat.is_keeper or _may_write(seat.is_member, row.writers)
    meant, left_out = words.rule_said(rule, queries.places_of_rule(rule))
    told = {
        "seat": seat,
        "row": row,
        "is_rule": row.kind == Kind.RULE,
        "meant": meant,
        "left_out": left_out,
        "counted": queries.counted(queries.members_of(row, timezone.now())) if sees_members else None,
        "writers": words.WRITERS[Writers(row.writers)],
        "replies": words.REPLIES[ReplyTo(row.reply_to)],
        "keepers": queries.keepers_of(list_id, timezone.now()),
        "waiting": len(queries.held_letters(list_id)) if seat.is_keeper else 0,
        "done": request.GET.get("fait", ""),
        "here": "list",
    }
    return render(request, "lists/list.html", told)


@require_POST
@signed_in
def join(request: SignedInRequest, list_id: int) -> HttpResponse:
    services.join_list(list_id, person_of(request), by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(reverse("lists:lists") + "?fait=inscrit")


@require_POST
@signed_in
def leave(request: SignedInRequest, list_id: int) -> HttpResponse:
    services.leave_list(list_id, person_of(request), by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(reverse("lists:lists") + "?fait=quitte")


@csrf_exempt  # the request comes from a mail server, with no cookie (RFC 8058 §3.2); the token is the proof
@require_http_methods(["GET", "POST"])
def leave_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asked on a page, done by a POST: nothing is changed by following the link."""
    try:
        list_id, address, _ = services.read_token(token)
    except Refusal as refusal:
        raise Http404 from refusal
    row = queries.open_list(list_id)
    if row is None:
        raise Http404
    if request.method == "POST":
        services.leave_by_token(token, now=timezone.now())
    told = {"row": row, "address": address, "done": request.method == "POST"}
    return render(request, "lists/leave.html", told)


@require_GET
@signed_in
def why(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """« Pourquoi ai-je reçu ce message ? », for whoever received it and nobody else."""
    letter = queries.letter_named(str(public_id))
    reasons = queries.copy_for(letter.pk, person_of(request)) if letter else None
    if letter is None or reasons is None:
        raise Http404
    still = queries.why_member(letter.list, person_of(request), timezone.now())
    told = {
        "letter": queries.shown(letter),
        "row": letter.list,
        "reasons": reasons,
        "is_rule": letter.list.kind == Kind.RULE,
        "is_still": bool(still),
        "keepers": queries.keepers_of(letter.list_id, timezone.now()),
    }
    return render(request, "lists/why.html", told)


def _may_write(is_member: bool, writers: str) -> bool:
    if writers == Writers.MEMBERS:
        return is_member
    return writers in (Writers.INSIDE, Writers.ANYBODY)
