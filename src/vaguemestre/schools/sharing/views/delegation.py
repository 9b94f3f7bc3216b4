"""« Délégation »: one's own mailbox lent to a colleague, and what was done in it."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.forms import LoanForm
from vaguemestre.schools.sharing.rules.words import GIVES, RIGHTS

_DONE = {
    "confiee": "Boîte confiée : votre collègue la trouve dans sa messagerie, sous « Boîtes partagées ».",
    "reprise": "Délégation terminée : ce qui était ouvert est fermé.",
}


@require_GET
@signed_in
def show_loans(request: SignedInRequest) -> HttpResponse:
    return _page(request, LoanForm(initial={"debut": paris_day(timezone.now())}))


@require_POST
@recently_signed_in
def lend(request: SignedInRequest) -> HttpResponse:
    form = LoanForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        services.lend_mailbox(
            request.who.account_id,
            form.cleaned_data["adresse"],
            form.wanted(),
            only_reception=form.cleaned_data["etendue"] == "reception",
            by=request.who.actor,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, form, error=sentence(refusal), status=422)
    return _back("confiee")


@require_POST
@signed_in
def take_back(request: SignedInRequest, member_id: int) -> HttpResponse:
    run_now(services.end_loan(request.who.account_id, member_id, by=request.who.actor, now=timezone.now()))
    return _back("reprise")


def _page(request: SignedInRequest, form: LoanForm, *, error: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    box_id = queries.box_of_account(request.who.account_id)
    loans = queries.members_of(box_id, now) if box_id else []
    shown = {
        "loans": [(one, RIGHTS[one.right], GIVES[one.right]) for one in loans],
        "deeds": queries.deeds_of(box_id, limit=100) if box_id else [],
        "form": form,
        "error": error,
        "done": _DONE.get(request.GET.get("fait", ""), ""),
    }
    return render(request, "sharing/loans.html", shown, status=status)


def _back(done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('sharing:loans')}?fait={done}")
