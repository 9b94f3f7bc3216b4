"""« Mes listes », the page of a list, subscription and reasons of membership."""

import uuid
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.http import ListAccess, access_to, actor_of, creator_of, person_of
from vaguemestre.schools.lists.rules import labels
from vaguemestre.schools.lists.rules.members import rule_from_json
from vaguemestre.schools.lists.values import Kind, ListCard, ReplyTo, Writers


@require_GET
@signed_in
def list_lists(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    cards = queries.list_cards(request.who.account_id, person_of(request), now)
    done = request.GET.get("fait", "")
    context = {
        "managed": [card for card in cards if card.is_manager],
        "received": [card for card in cards if card.is_member],
        "joinable": [card for card in cards if card.may_join],
        "may_create": bool(services.creation_scope(creator_of(request), now)),
        "done": done,
        "undo": _undo_address(cards, done, request.GET.get("liste", "")),
    }
    return render(request, "lists/mine.html", context)


def _undo_address(cards: Iterable[ListCard], done: str, list_id: str) -> str:
    """Address that takes back a subscription or its end; "" if that list does not allow it."""
    card = next((card for card in cards if str(card.list_id) == list_id), None)
    if card and done == "inscrit" and card.may_leave:
        return reverse("lists:leave", args=(card.list_id,))
    if card and done == "quitte" and card.may_join:
        return reverse("lists:join", args=(card.list_id,))
    return ""


@require_GET
@signed_in
def show_list(request: SignedInRequest, list_id: int) -> HttpResponse:
    """Page of a list, with its members for those who may see them. Raises Http404 if it is not theirs."""
    access = access_to(request, list_id)
    row = access.row
    may_see_members = access.is_manager or _may_write(access)
    if not (may_see_members or access.is_member or queries.is_joinable(row, access.person_id)):
        raise Http404
    rule = rule_from_json(row.rule)
    included, excluded = labels.rule_labels(rule, queries.places_of_rule(rule))
    context = {
        "access": access,
        "row": row,
        "is_rule": row.kind == Kind.RULE,
        "included": included,
        "excluded": excluded,
        "audience": queries.audience_of(queries.members_of(row, timezone.now())) if may_see_members else None,
        "writers": labels.WRITERS[Writers(row.writers)],
        "replies": labels.REPLIES[ReplyTo(row.reply_to)],
        "managers": queries.managers_of(list_id, timezone.now()),
        "pending": queries.held_count(list_id) if access.is_manager else 0,
        "done": request.GET.get("fait", ""),
        "tab": "list",
    }
    return render(request, "lists/list.html", context)


@require_POST
@signed_in
def join(request: SignedInRequest, list_id: int) -> HttpResponse:
    services.join_list(list_id, person_of(request), by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(f"{reverse('lists:lists')}?fait=inscrit&liste={list_id}")


@require_POST
@signed_in
def leave(request: SignedInRequest, list_id: int) -> HttpResponse:
    services.leave_list(list_id, person_of(request), by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(f"{reverse('lists:lists')}?fait=quitte&liste={list_id}")


@csrf_exempt  # the request comes from a mail server, with no cookie (RFC 8058 §3.2); the token is the proof
@require_http_methods(["GET", "POST"])
def leave_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe by POST; GET, by link scanners for instance, only shows the page."""
    try:
        subscription = services.read_unsubscribe_token(token)
    except Refusal as refusal:
        raise Http404 from refusal
    row = queries.find_list(subscription.list_id)
    if row is None:
        raise Http404
    if request.method == "POST":
        services.leave_by_token(token, now=timezone.now())
    context = {"row": row, "address": subscription.address, "done": request.method == "POST"}
    return render(request, "lists/leave.html", context)


@require_GET
@signed_in
def why(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """« Pourquoi ai-je reçu ce message ? », for its recipients only."""
    letter = queries.find_letter_by_public_id(str(public_id))
    reasons = queries.reasons_for_person(letter.pk, person_of(request)) if letter else None
    if letter is None or reasons is None:
        raise Http404
    current_reasons = queries.membership_reasons(letter.list, person_of(request), timezone.now())
    context = {
        "letter": queries.letter_summary(letter),
        "row": letter.list,
        "reasons": reasons,
        "is_rule": letter.list.kind == Kind.RULE,
        "is_still_member": bool(current_reasons),
        "managers": queries.managers_of(letter.list_id, timezone.now()),
    }
    return render(request, "lists/why.html", context)


def _may_write(access: ListAccess) -> bool:
    """Whether an agent writes to the list as one of its académie. Others may as the outside does."""
    if access.row.writers == Writers.MEMBERS:
        return access.is_member
    is_open = access.row.writers in (Writers.INSIDE, Writers.ANYBODY)
    return is_open and queries.serves_colleagues_of(access.row, access.person_id)
