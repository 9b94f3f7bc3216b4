"""« Fichiers déposés »: what one left, until when, how often it was taken."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel import sizes
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.filelinks import queries, services
from vaguemestre.post.filelinks.forms import TermsForm
from vaguemestre.post.filelinks.http import room
from vaguemestre.post.filelinks.ports import shelf


@require_GET
@signed_in
def list_deposits(request: SignedInRequest) -> HttpResponse:
    return _page(request, done=request.GET.get("fait", ""))


@require_POST
@signed_in
def change_terms(request: SignedInRequest, deposit_id: int) -> HttpResponse:
    account_id = request.who.account_id
    try:
        terms = TermsForm(request.POST).terms()
        services.set_terms(
            account_id, deposit_id, terms, room(), by=f"account:{account_id}", now=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, wrong=deposit_id, error=sentence(refusal), status=422)
    return HttpResponseRedirect(f"{reverse('filelinks:list')}?fait=conditions")


@require_POST
@signed_in
def take_back(request: SignedInRequest, deposit_id: int) -> HttpResponse:
    account_id = request.who.account_id
    services.take_back(account_id, deposit_id, shelf.get(), by=f"account:{account_id}", now=timezone.now())
    return HttpResponseRedirect(f"{reverse('filelinks:list')}?fait=retrait")


def _page(
    request: SignedInRequest, *, done: str = "", wrong: int = 0, error: str = "", status: int = 200
) -> HttpResponse:
    mine = queries.deposits_of(request.who.account_id)
    told = {
        "deposits": [(one, sizes.in_words(one.size), queries.link_of(one)) for one in mine],
        "done": done,
        "wrong": wrong,
        "error": error,
        "most_days": room().most_days,
    }
    return render(request, "filelinks/list.html", told, status=status)
