"""Search, one account, and the acts on it."""

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.ports import revocations
from vaguemestre.desks.helpdesk import services
from vaguemestre.desks.helpdesk.forms import ActForm, SearchForm
from vaguemestre.desks.helpdesk.http import for_operators
from vaguemestre.desks.helpdesk.ports import forwards_of, undelivered_to, usage_of
from vaguemestre.desks.helpdesk.queries.accounts import accounts_found, shown, target_of, touched_by
from vaguemestre.desks.helpdesk.queries.hand_overs import hand_overs_of
from vaguemestre.desks.helpdesk.queries.mail import mail_of
from vaguemestre.desks.helpdesk.queries.requests import count_waiting
from vaguemestre.desks.helpdesk.rules.acts import possible
from vaguemestre.desks.helpdesk.rules.consequences import CONFIRMED, consequences
from vaguemestre.desks.helpdesk.rules.story import why
from vaguemestre.desks.helpdesk.values import Act
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys


@require_GET
@for_operators
def search(request: SignedInRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    listing = Listing.of(request.GET, ("nom",))
    found, total = accounts_found(
        typed, backwards=listing.backwards, first=listing.first, count=listing.count
    )
    told = {
        "form": form,
        "typed": typed,
        "found": found,
        "total": total,
        "listing": listing,
        "waiting": count_waiting(),
    }
    return render(request, "helpdesk/search.html", told)


@require_GET
@for_operators
def show_account(request: SignedInRequest, account_id: int) -> HttpResponse:
    return _page(request, account_id, ActForm())


@require_GET
@for_operators
def show_mail(request: SignedInRequest, account_id: int) -> HttpResponse:
    """What the engines say, asked apart: the page does not wait for them."""
    mail = mail_of(account_id, undelivered_to.get(), usage_of.get(), forwards_of.get(), now=timezone.now())
    if mail is None:
        raise Http404
    rows = [
        (one, "Vers la personne" if came else "De la personne", why(one.status))
        for came, some in ((True, mail.came_in_vain or ()), (False, mail.left_in_vain))
        for one in some
    ]
    rows.sort(key=lambda row: row[0].at, reverse=True)
    percent = (
        min(100, round(100 * mail.usage.used / mail.usage.allowed))
        if mail.usage and mail.usage.allowed
        else 0
    )
    told = {"mail": mail, "rows": rows, "percent": percent, "is_whole": "HX-Request" not in request.headers}
    return render(request, "helpdesk/mail.html", told)


_WORDS: dict[str, str] = {
    Act.LIFT: "lever l’attente d’une personne",
    Act.SEND_CODE: "envoyer un code au contact d’une personne",
    Act.SUSPEND: "suspendre un compte",
    Act.RESUME: "rouvrir un compte",
    Act.COMPROMISED: "mettre un compte à l’abri",
    Act.LET_GO: "laisser partir les courriels retenus d’un compte",
    Act.THROW_AWAY: "jeter les courriels retenus d’un compte",
}


@require_POST
@for_operators
@act_words("agir sur un compte", _WORDS)
def act_on(request: SignedInRequest, account_id: int) -> HttpResponse:
    """One act, with its reason. The owner is told first where the inbox is shut afterwards."""
    form = ActForm(request.POST)
    if not form.is_valid():
        return _page(request, account_id, form)
    act, reason = Act(form.cleaned_data["acte"]), form.cleaned_data["motif"]
    operator_id, now = request.who.account_id, timezone.now()
    try:
        notice = services.intended(act, account_id, reason, operator_id=operator_id, now=now)
        if act in CONFIRMED and (page := confirmation_page(request, _asked(act, account_id, reason, now))):
            return page
        if act is Act.SUSPEND:
            run_now(notice)
        events = services.do(
            act,
            account_id,
            reason,
            secret_keys.get(),
            operator_id=operator_id,
            now=now,
            holds_mailbox=settings.CONFIG.lifecycle.compromise_hours > 0,
        )
    except Refusal as refusal:
        form.add_error("motif", sentence(refusal))
        return _page(request, account_id, form)
    if act is Act.COMPROMISED:
        revocations.get().bump()
    outcomes = [run_now(event) for event in events]  # each is run, whatever became of the one before
    if act not in (Act.SUSPEND, Act.COMPROMISED):  # the mailbox is shut by then: the worker writes to it
        run_now(notice)
    where = reverse("helpdesk:account", args=[account_id])
    return HttpResponseRedirect(f"{where}?fait={act}{'' if all(outcomes) else '&attente=1'}")


def _asked(act: Act, account_id: int, reason: str, now: datetime) -> Confirmation:
    """What the act will do to that account as it stands."""
    account = touched_by(account_id, now)
    hours = settings.CONFIG.lifecycle.compromise_hours
    return Confirmation(
        title=_TITLES[act],
        facts=[
            ("Personne", account.name),
            ("Identifiant", account.username),
            ("Poste", account.place),
            ("Motif", reason),
        ],
        consequences=consequences(act, account, hours),
        fields=[("acte", act), ("motif", reason)],
        button=_BUTTONS[act],
        back=reverse("helpdesk:account", args=[account_id]),
        binds=(act, account_id, reason),
    )


_TITLES = {
    Act.SUSPEND: "Suspendre ce compte ?",
    Act.COMPROMISED: "Mettre ce compte à l’abri ?",
    Act.THROW_AWAY: "Jeter les courriels retenus ?",
}
_BUTTONS = {
    Act.SUSPEND: "Suspendre",
    Act.COMPROMISED: "Mettre à l’abri",
    Act.THROW_AWAY: "Jeter",
}


def _page(request: SignedInRequest, account_id: int, form: ActForm) -> HttpResponse:
    now = timezone.now()
    account = shown(account_id, now)
    if account is None:
        raise Http404
    is_guarded = account.role == "administrator" or account_id == request.who.account_id
    told = {
        "account": account,
        "form": form,
        "acts": [] if is_guarded else sorted(possible(target_of(account_id, now))),
        "is_guarded": is_guarded,
        "hand_overs": hand_overs_of(account_id),
        "done": request.GET.get("fait", ""),
        "waits": "attente" in request.GET,
    }
    return render(request, "helpdesk/account.html", told)
