"""Account search, account page and operators' actions."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, mail_held_until
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.access.signin.ports import revocations
from vaguemestre.desks.helpdesk import services
from vaguemestre.desks.helpdesk.forms import ActionForm, SearchForm
from vaguemestre.desks.helpdesk.http import account_or_404, for_operators
from vaguemestre.desks.helpdesk.ports import forwards_of, undelivered_to, usage_of
from vaguemestre.desks.helpdesk.queries.accounts import (
    account_impact,
    account_seen,
    accounts_of_near_names,
    action_target,
    search_accounts,
    ways_in,
)
from vaguemestre.desks.helpdesk.queries.hand_overs import hand_overs_of
from vaguemestre.desks.helpdesk.queries.mail import mail_diagnosis
from vaguemestre.desks.helpdesk.queries.requests import count_open_requests
from vaguemestre.desks.helpdesk.rules.actions import possible_actions
from vaguemestre.desks.helpdesk.rules.consequences import CONFIRMED_ACTIONS, consequences
from vaguemestre.desks.helpdesk.rules.history_labels import delivery_failure_label
from vaguemestre.desks.helpdesk.values import DeskAction
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.queries import entries_about
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.sorting.queries import absences_of
from vaguemestre.mailbox.sorting.rules.absences import is_answering, next_absence
from vaguemestre.people.credentials.class_facts import service_given
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.rules.second_factors import GUARDED_ROLES

_SAID_FOR = timedelta(minutes=2)  # what was done, on the page that follows
_LINES_READ = 50


@require_GET
@for_operators
@within_academy
def search(request: SignedInRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    attributes = form.fields["q"].widget.attrs
    attributes["autofocus"] = not typed  # somebody is on the phone: the first keys are a name
    listing = Listing.of(request.GET, ("nom",))
    accounts, total = search_accounts(
        typed,
        backwards=listing.backwards,
        first=listing.first,
        count=listing.count,
        academy_id=request.who.office_academy,
    )
    context = {
        "form": form,
        "typed": typed,
        "accounts": accounts if total else accounts_of_near_names(typed, request.who.office_academy),
        "total": total,
        "listing": listing,
        "waiting": count_open_requests(request.who.office_academy),
    }
    return render(request, "helpdesk/search.html", context)


@require_GET
@for_operators
def show_account(request: SignedInRequest, account_id: int) -> HttpResponse:
    return _page(request, account_id, ActionForm())


@require_GET
@for_operators
def show_mail(request: SignedInRequest, account_id: int) -> HttpResponse:
    """The mail diagnosis, as a fragment: the page does not wait for the engines."""
    mail = mail_diagnosis(
        account_id, undelivered_to.get(), usage_of.get(), forwards_of.get(), now=timezone.now()
    )
    if mail is None or account_seen(account_id) is None:
        raise Http404
    rows = [
        (
            failure,
            "Vers la personne" if is_incoming else "De la personne",
            delivery_failure_label(failure.status),
        )
        for is_incoming, failures in ((True, mail.failed_incoming or ()), (False, mail.failed_outgoing))
        for failure in failures
    ]
    rows.sort(key=lambda row: row[0].at, reverse=True)
    percent = (
        min(100, 100 * mail.usage.used // mail.usage.allowed) if mail.usage and mail.usage.allowed else 0
    )
    context = {
        "account_id": account_id,
        "mail": mail,
        "rows": rows,
        "percent": percent,
        "is_whole": "HX-Request" not in request.headers,
    }
    return render(request, "helpdesk/mail.html", context)


_ACTION_NAMES: dict[str, str] = {
    DeskAction.LIFT: "débloquer la connexion d’une personne",
    DeskAction.SEND_CODE: "envoyer un code au contact d’une personne",
    DeskAction.SUSPEND: "suspendre un compte",
    DeskAction.RESUME: "rouvrir un compte",
    DeskAction.COMPROMISED: "mettre un compte à l’abri",
    DeskAction.LET_GO: "laisser partir les courriels retenus d’un compte",
    DeskAction.THROW_AWAY: "jeter les courriels retenus d’un compte",
    DeskAction.RECOVER: "rendre les messages supprimés d’un compte",
}


@require_POST
@for_operators
@act_words("agir sur un compte", _ACTION_NAMES, named_by="action")
def perform_action(request: SignedInRequest, account_id: int) -> HttpResponse:
    """Perform an action. The owner is notified first if the action closes their inbox."""
    form = ActionForm(request.POST)
    if not form.is_valid():
        return _page(request, account_id, form)
    action, reason = DeskAction(form.cleaned_data["action"]), form.cleaned_data["reason"]
    operator_id, now = request.who.account_id, timezone.now()
    try:
        notice = services.preview_action(action, account_id, reason, operator_id=operator_id, now=now)
        if action in CONFIRMED_ACTIONS and (
            page := confirmation_page(request, _confirmation(action, account_id, reason, now))
        ):
            return page
        if action is DeskAction.SUSPEND:
            run_now(notice)
        events = services.perform_action(
            action,
            account_id,
            reason,
            secret_keys.get(),
            operator_id=operator_id,
            now=now,
            holds_mailbox=settings.CONFIG.lifecycle.compromise_hours > 0,
        )
    except Refusal as refusal:
        form.add_error("reason", sentence(refusal))
        return _page(request, account_id, form)
    if action is DeskAction.COMPROMISED:
        revocations.get().bump()
    outcomes = [run_now(event) for event in events]  # run every event, even after a failure
    if action not in (
        DeskAction.SUSPEND,
        DeskAction.COMPROMISED,
    ):  # those close the inbox: the worker notifies later
        run_now(notice)
    url = reverse("helpdesk:account", args=[account_id])
    return HttpResponseRedirect(f"{url}?fait={action}{'' if all(outcomes) else '&attente=1'}")


def _confirmation(action: DeskAction, account_id: int, reason: str, now: datetime) -> Confirmation:
    """The confirmation page: what the action will do to the account now."""
    account = account_impact(account_id, now)
    hours = settings.CONFIG.lifecycle.compromise_hours
    return Confirmation(
        title=_TITLES[action],
        facts=[
            ("Personne", account.name),
            ("Identifiant", account.username),
            ("Poste", account.place),
            ("Motif", reason),
        ],
        consequences=consequences(action, account, hours),
        fields=[("action", action), ("reason", reason)],
        button=_BUTTONS[action],
        back=reverse("helpdesk:account", args=[account_id]),
        binds=(action, account_id, reason),
        is_dangerous=action is not DeskAction.RECOVER,
    )


_TITLES = {
    DeskAction.SUSPEND: "Suspendre ce compte ?",
    DeskAction.COMPROMISED: "Mettre ce compte à l’abri ?",
    DeskAction.THROW_AWAY: "Jeter les courriels retenus ?",
    DeskAction.RECOVER: "Rendre les messages supprimés ?",
}
_BUTTONS = {
    DeskAction.SUSPEND: "Suspendre",
    DeskAction.COMPROMISED: "Mettre à l’abri",
    DeskAction.THROW_AWAY: "Jeter",
    DeskAction.RECOVER: "Rendre",
}


def _has_just_acted(request: SignedInRequest, account_id: int, now: datetime) -> bool:
    """Whether this operator just acted on the account: an old address says nothing of what was done."""
    by, since = account_subject(request.who.account_id), now - _SAID_FOR
    lines = entries_about(account_subject(account_id), limit=_LINES_READ)
    return any(line.by == by and line.at >= since for line in lines)


def _page(request: SignedInRequest, account_id: int, form: ActionForm) -> HttpResponse:
    now = timezone.now()
    account = account_or_404(account_id, now)
    is_fresh = _has_just_acted(request, account_id, now)
    operator_id = request.who.account_id
    target = action_target(account_id, operator_id, now)
    is_guarded = account.role in GUARDED_ROLES or account_id == operator_id or target.outreaches_operator
    absence = None if is_guarded else next_absence(absences_of(account_id), paris_day(now))
    context = {
        "service": service_given(account_id),
        "absence": absence,
        "is_answering": absence is not None and is_answering(absence, now),
        "account": account,
        "mail_held_until": mail_held_until(account.mail_held_since, now),
        "form": form,
        "actions": [] if is_guarded else sorted(possible_actions(target)),
        "is_guarded": is_guarded,
        "is_suspended_by_service": target.is_suspended_by_service,
        "kept_until_open": 0 if is_guarded or target.can_send else target.kept_back,
        "ways_in": None if is_guarded else ways_in(account_id, now),
        "hand_overs": hand_overs_of(account_id),
        "done": request.GET.get("fait", "") if is_fresh else "",
        "waits": is_fresh and "attente" in request.GET,
    }
    return render(request, "helpdesk/account.html", context)
