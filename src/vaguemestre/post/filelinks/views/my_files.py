"""« Fichiers déposés »: the signed-in person's files, their terms and download counts."""

from typing import NamedTuple

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import limits_of_account
from vaguemestre.post.filelinks import queries, services
from vaguemestre.post.filelinks.forms import TermsForm
from vaguemestre.post.filelinks.http import file_limits
from vaguemestre.post.filelinks.ports import file_store
from vaguemestre.post.filelinks.values import Filelink


@require_GET
@signed_in
def list_files(request: SignedInRequest) -> HttpResponse:
    return _page(request, done=request.GET.get("fait", ""))


@require_POST
@signed_in
def change_terms(request: SignedInRequest, file_id: int) -> HttpResponse:
    account_id = request.who.account_id
    try:
        terms = TermsForm(request.POST).terms()
        services.set_terms(
            account_id, file_id, terms, file_limits(), by=account_subject(account_id), now=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, wrong=file_id, error=sentence(refusal), status=422)
    return HttpResponseRedirect(f"{reverse('filelinks:list')}?fait=conditions")


@require_POST
@signed_in
def withdraw(request: SignedInRequest, file_id: int) -> HttpResponse:
    account_id = request.who.account_id
    services.withdraw_file(
        account_id, file_id, file_store.get(), by=account_subject(account_id), now=timezone.now()
    )
    return HttpResponseRedirect(f"{reverse('filelinks:list')}?fait=retrait")


class _FileRow(NamedTuple):
    """One line of the list."""

    file: Filelink
    size: str
    link: str


def _page(
    request: SignedInRequest, *, done: str = "", wrong: int = 0, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "files": [
            _FileRow(file, sizes.in_words(file.size), queries.link_address(file))
            for file in queries.files_of(request.who.account_id)
        ],
        "done": done,
        "wrong": wrong,
        "error": error,
        "most_days": file_limits().most_days,
        "lends_files": limits_of_account(request.who.account_id).lends_files,
    }
    return render(request, "filelinks/list.html", context, status=status)
