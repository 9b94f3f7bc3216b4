"""The desk's screens: search, and one account."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.credentials.events import AccountsChanged
from vaguemestre.helpdesk import services
from vaguemestre.helpdesk.forms import ActForm, SearchForm
from vaguemestre.helpdesk.http import for_operators
from vaguemestre.helpdesk.queries import MOST_FOUND, accounts_found, shown
from vaguemestre.helpdesk.rules import possible
from vaguemestre.helpdesk.values import Act
from vaguemestre.jobs.services import run_now
from vaguemestre.kernel.errors import Refusal
from vaguemestre.signin.http import SignedInRequest
from vaguemestre.ui.refusals import sentence

_CLOSES = (Act.SUSPEND, Act.RESUME, Act.COMPROMISED)


@require_GET
@for_operators
def search(request: SignedInRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    found = accounts_found(typed) if typed else []
    told = {"form": form, "typed": typed, "found": found, "is_cut": len(found) >= MOST_FOUND}
    return render(request, "helpdesk/search.html", told)


@require_GET
@for_operators
def show_account(request: SignedInRequest, account_id: int) -> HttpResponse:
    return _page(request, account_id, ActForm())


@require_POST
@for_operators
def act_on(request: SignedInRequest, account_id: int) -> HttpResponse:
    """One act, with its reason. The owner is told first: afterwards the inbox may be shut."""
    form = ActForm(request.POST)
    if not form.is_valid():
        return _page(request, account_id, form)
    act, reason = Act(form.cleaned_data["acte"]), form.cleaned_data["motif"]
    operator_id, now = request.who.account_id, timezone.now()
    try:
        notice = services.intended(act, account_id, reason, operator_id=operator_id, now=now)
        if act in (Act.SUSPEND, Act.COMPROMISED):
            run_now(notice)
        services.do(act, account_id, reason, operator_id=operator_id, now=now)
    except Refusal as refusal:
        form.add_error("motif", sentence(refusal))
        return _page(request, account_id, form)
    is_done = run_now(AccountsChanged([account_id])) if act in _CLOSES else True
    if act not in (Act.SUSPEND, Act.COMPROMISED):
        run_now(notice)
    where = reverse("helpdesk:account", args=[account_id])
    return HttpResponseRedirect(f"{where}?fait={act}{'' if is_done else '&attente=1'}")


def _page(request: SignedInRequest, account_id: int, form: ActForm) -> HttpResponse:
    account = shown(account_id, timezone.now())
    if account is None:
        raise Http404
    is_guarded = account.role == "administrator" or account_id == request.who.account_id
    told = {
        "account": account,
        "form": form,
        "acts": [] if is_guarded else sorted(possible(account.state)),
        "is_guarded": is_guarded,
        "done": request.GET.get("fait", ""),
        "waits": "attente" in request.GET,
    }
    return render(request, "helpdesk/account.html", told)
