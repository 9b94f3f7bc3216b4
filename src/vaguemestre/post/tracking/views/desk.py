"""Held mail of all accounts, for the help desk: counts and dates, never subjects or recipients."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.access.signin.queries import outreaches
from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import Presented, presented
from vaguemestre.people.credentials.rules.second_factors import GUARDED_ROLES
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.post.outbox import queries, services
from vaguemestre.post.outbox.queries.by_account import HELD_ORDERS, held_by_account, stopped_by_account
from vaguemestre.post.outbox.services.held_mail import CONFIRMED_FOR
from vaguemestre.post.outbox.values import HeldMail, SubmittedMessage
from vaguemestre.post.tracking.forms import HeldMailForm
from vaguemestre.post.tracking.http import for_the_desk
from vaguemestre.post.tracking.labels_fr import HOLD_REASONS

_ACTS = {
    "release": "laisser partir les courriels retenus d’un compte",
    "discard": "jeter les courriels retenus d’un compte",
}
_NOTICES = {"release": "desk-released", "discard": "desk-discarded"}


@require_GET
@for_the_desk
@within_academy
def list_all_held(request: SignedInRequest) -> HttpResponse:
    return _page(request, HeldMailForm(), 0)


@require_POST
@for_the_desk
@recently_signed_in
@act_words("décider de courriels retenus", _ACTS, named_by="action")
def decide_held(request: SignedInRequest, account_id: int) -> HttpResponse:
    """Release or discard all held mail of an account. Nobody decides on their own mail here.

    Nor on that of an administrator, an auditor or a wider office: its holder does, with a proof.
    """
    form = HeldMailForm(request.POST)
    owner = presented(account_id)
    if not _is_allowed(form, owner, account_id, request.who.account_id):
        return _page(request, form, account_id)
    held, action = queries.held_submissions(account_id), form.cleaned_data["action"]
    reason = form.cleaned_data["reason"]
    if not held:
        return HttpResponseRedirect(f"{reverse('tracking:all-held')}?fait=deja")
    confirmation = _release if action == "release" else _discard
    if owner and (page := confirmation_page(request, confirmation(owner, held, reason))):
        return page
    ids = [submission.id for submission in held]
    by, now = account_subject(request.who.account_id), timezone.now()
    decide = services.release_held if action == "release" else services.discard_held
    events = decide(account_id, ids, by=by, now=now, reason=reason)
    for event in events:
        run_now(event)
    if events:
        with transaction.atomic(durable=True):
            notice = notify_owner(account_id, _NOTICES[action], now=now, reason=reason)
        run_now(notice)
    return HttpResponseRedirect(f"{reverse('tracking:all-held')}?fait={action}")


def _is_allowed(form: HeldMailForm, owner: Presented | None, account_id: int, operator_id: int) -> bool:
    """Whether that operator may decide so; the form then says why not."""
    if not form.is_valid():
        return False
    if owner and _is_out_of_reach(owner, operator_id):
        form.add_error("reason", "Cette personne a une fonction plus large : elle seule en décide.")
    elif account_id == operator_id:
        form.add_error("reason", "Ces courriels sont les vôtres : décidez-en dans « Courriels retenus ».")
    elif owner and form.cleaned_data["action"] == "release" and not _may_send(owner):
        form.add_error("reason", "Ce compte est à l’abri ou fermé : rien ne part avant qu’il rouvre.")
    return not form.errors


def _release(owner: Presented, held: Collection[SubmittedMessage], reason: str) -> Confirmation:
    """The page before held mail leaves: it cannot be taken back, and what follows is not held for a while."""
    recipients = sum(len(message.statuses) for message in held)
    hours = int(CONFIRMED_FOR.total_seconds() // 3600)
    return Confirmation(
        title="Laisser partir ces courriels ?",
        facts=[("Personne", owner.name), ("Identifiant", owner.username), ("Motif", reason)],
        consequences=(
            f"{counted(len(held), 'courriel part', 'courriels partent')} vers "
            f"{counted(recipients, 'destinataire')} ; rien ne se reprend.",
            f"Pendant {counted(hours, 'heure')}, ce que ce compte écrit à des inconnus n’est plus retenu.",
        ),
        fields=[("action", "release"), ("reason", reason)],
        button="Laisser partir",
        back=reverse("tracking:all-held"),
    )


def _discard(owner: Presented, held: Collection[SubmittedMessage], reason: str) -> Confirmation:
    """The page before held mail is thrown away: it cannot be taken back, and its sender is told."""
    recipients = sum(len(message.statuses) for message in held)
    return Confirmation(
        title="Jeter ces courriels ?",
        facts=[("Personne", owner.name), ("Identifiant", owner.username), ("Motif", reason)],
        consequences=(
            f"{counted(len(held), 'courriel écrit', 'courriels écrits')} à "
            f"{counted(recipients, 'destinataire')} : personne ne "
            f"{inflected(len(held), 'le', 'les')} recevra, et rien ne se reprend.",
            "La personne l’apprend par un avertissement, avec le motif.",
        ),
        fields=[("action", "discard"), ("reason", reason)],
        button="Jeter",
        back=reverse("tracking:all-held"),
    )


def _may_send(owner: Presented) -> bool:
    """Whether mail may leave the account: what a thief left waiting does not, by the hand of the desk."""
    return owner.state == AccountState.ACTIVE and owner.mail_held_since is None


def _is_out_of_reach(owner: Presented, operator_id: int) -> bool:
    return owner.role in GUARDED_ROLES or outreaches(owner, operator_id)


class _HeldRow(NamedTuple):
    """One line of the table, with the form that decides on it."""

    account: HeldMail
    name: str
    may_send: bool
    reason: str
    form: HeldMailForm


def _page(request: SignedInRequest, form: HeldMailForm, account_id: int) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(HELD_ORDERS))
    accounts, total = held_by_account(
        search=listing.search,
        order=listing.order,
        first=listing.first,
        count=listing.count,
        academy_id=request.who.office_academy,
    )
    rows = [
        _HeldRow(
            account,
            owner.name if owner else "",
            owner is None or _may_send(owner),
            HOLD_REASONS.get(account.code) or sentence(Refusal(account.code)),
            form if account.account_id == account_id else HeldMailForm(),
        )
        for account in accounts
        for owner in (presented(account.account_id),)
    ]
    context = {
        "rows": rows,
        "total": total,
        "listing": listing,
        "stopped": stopped_by_account(search=listing.search, academy_id=request.who.office_academy),
        "search": listing.search,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "tracking/desk.html", context, status=422 if form.errors else 200)
