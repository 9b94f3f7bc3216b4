"""A forgotten password, with a recovery contact: who are you, the code received, a new password.

Nothing on the way says whether the account exists, is active, or has a contact.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vaguemestre.access.assistant import services
from vaguemestre.access.assistant.forms import RecoverForm
from vaguemestre.access.assistant.http import (
    come_back,
    keep_proved,
    keep_sent,
    sent_from,
    typed_in,
    under_way,
)
from vaguemestre.access.assistant.values import CodeSent, Given, NotPossible
from vaguemestre.access.assistant.views.identification import proof, words_of
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.forms import ChangePasswordForm, DeliveredCodeForm
from vaguemestre.access.signin.http import SIGN_IN, network_of
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.services import end_other_sessions
from vaguemestre.access.signin.values import Later
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import identified, password_context_of
from vaguemestre.people.credentials.rules.delivered_codes import LIFE
from vaguemestre.people.credentials.services import check_chosen_password
from vaguemestre.people.directory.ports import numen_keys


@never_cache
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """NUMEN and birth date; whatever they are, the next page asks for a code."""
    sent, shown = typed_in(request, secret_keys.get())
    form = RecoverForm(sent or None)
    if sent is None or not form.is_valid():
        return render(request, "assistant/recover.html", {"form": form})
    given = Given(form.cleaned_data["numen"], form.cleaned_data["naissance"], network_of(request))
    now = timezone.now()
    answer = services.ask_code(
        given, numen_keys.get(), secret_keys.get(), proof=proof(), now=now, shown=shown
    )
    if isinstance(answer, Later):
        return come_back(request, form, answer, secret_keys.get())
    if isinstance(answer, NotPossible):
        return render(request, "assistant/recover.html", {"form": form, "refused": words_of(answer)})
    keep_sent(request, answer.account_id, answer.mark, LIFE)
    return HttpResponseRedirect(reverse("assistant:recover-code"))


@never_cache
@require_http_methods(["GET", "POST"])
def give_code(request: HttpRequest) -> HttpResponse:
    """The code, in the browser that asked for it."""
    kept = sent_from(request)
    if kept is None:
        return HttpResponseRedirect(reverse("assistant:recover"))
    form = DeliveredCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = CodeSent(*kept)
        if services.code_holds(sent, form.cleaned_data["code"], secret_keys.get(), now=timezone.now()):
            keep_proved(request, sent.account_id)
            is_first = identified(sent.account_id).state == "pending"
            return HttpResponseRedirect(
                reverse("assistant:activate" if is_first else "assistant:recover-password")
            )
        form.add_error("code", sentence(Refusal("signin.wrong-delivered-code")))
    return render(request, "assistant/recover_code.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """A new password; then one signs in with it, and with one's second factor if there is one."""
    under = under_way(request, "active")
    if under is None:
        return HttpResponseRedirect(reverse("assistant:recover"))
    account_id = under.account.account_id
    form = ChangePasswordForm(request.POST or None)
    if typed := form.data.get("mot_de_passe", ""):
        try:
            check_chosen_password(typed, password_context_of(account_id, numen_keys.get()))
        except Refusal as refusal:
            form.add_error("mot_de_passe", sentence(refusal))
    if request.method == "GET" or not form.is_valid():
        told = {"form": form, "account": under.account}
        return render(request, "assistant/recover_password.html", told)
    now, password = timezone.now(), form.cleaned_data["mot_de_passe"]
    is_done = services.choose_password(account_id, password, secret_keys.get(), mark=under.mark, now=now)
    request.session.flush()
    if not is_done:
        return HttpResponseRedirect(reverse("assistant:recover"))
    run_now(end_other_sessions(account_id, "", revocations.get(), by=f"account:{account_id}", now=now))
    run_now(AccountTouched(account_id, "recovered", now.isoformat()))
    return HttpResponseRedirect(f"{SIGN_IN}?nouveau=1")
