"""Activation: a first password and the charter."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.assistant import services
from vaguemestre.access.assistant.forms import ActivateForm, IdentifyForm
from vaguemestre.access.assistant.http import proved_account
from vaguemestre.access.assistant.values import CHARTER
from vaguemestre.access.assistant.views.identification import identify_page
from vaguemestre.access.signin.http import network_of, start_session
from vaguemestre.access.signin.values import Granted
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.events import AccountActivated
from vaguemestre.people.credentials.ports import numen_words, secret_keys
from vaguemestre.people.credentials.queries import Presented, has_namesake, password_context_of
from vaguemestre.people.credentials.services import check_chosen_password, strength_of
from vaguemestre.people.credentials.values import AccountState

log = logging.getLogger(__name__)


@never_cache
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Show the username, choose a password, accept the charter; then sign in to the portal."""
    proved = proved_account(request, AccountState.PENDING)
    if proved is None:
        return HttpResponseRedirect("/assistant/?choix=identifiant")
    account = proved.account
    if request.method == "GET":
        return _page(request, account, ActivateForm())
    form = ActivateForm(request.POST)
    if typed := form.data.get("new_password", ""):
        try:
            check_chosen_password(typed, password_context_of(account.account_id, typed, numen_words.get()))
        except Refusal as refusal:
            form.add_error("new_password", sentence(refusal))
    if not form.is_valid():
        return _page(request, account, form)
    is_first = services.activate(
        account.account_id,
        form.cleaned_data["new_password"],
        secret_keys.get(),
        mark=proved.mark,
        charter=CHARTER,
        network=network_of(request),
        now=timezone.now(),
    )
    if not is_first:
        request.session.flush()  # activated meanwhile: answer like any other rejection
        return identify_page(request, IdentifyForm(), refused=sentence(Refusal("assistant.not-possible")))
    answer = start_session(request, Granted(account.account_id, shared=False))
    _open_mailbox(account.account_id)
    return answer


@never_cache
@require_POST
def judge(request: HttpRequest) -> HttpResponse:
    """The strength of the password being typed, as JSON."""
    proved = proved_account(request, AccountState.PENDING) or proved_account(request, AccountState.ACTIVE)
    if proved is None:
        raise Http404
    typed = request.POST.get("new_password", "")[:1024]
    strength = strength_of(typed, password_context_of(proved.account.account_id, typed, numen_words.get()))
    return JsonResponse({"words": strength.value, "enough": strength.is_enough})


def _open_mailbox(account_id: int) -> None:
    """Open the mailbox at once if the engines accept; otherwise the worker does it soon."""
    try:
        run_now(AccountActivated(account_id))
    except EngineRefused as error:
        log.warning("after the activation of account %s: %s", account_id, error)


def _page(request: HttpRequest, account: Presented, form: ActivateForm) -> HttpResponse:
    context = {"account": account, "form": form, "homonym": has_namesake(account.account_id)}
    return render(request, "assistant/activate.html", context)
