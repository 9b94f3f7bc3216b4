"""A forgotten password: identity, code sent to the recovery contact, new password.

No page reveals whether the account exists, is active, or has a contact.
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
    defer,
    proved_account,
    sent_code,
    store_proved_account,
    store_sent_code,
    submitted_form,
)
from vaguemestre.access.assistant.values import IdentityClaim, Rejected
from vaguemestre.access.assistant.views.identification import rejection_sentence, required_proof
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.forms import ChangePasswordForm, DeliveredCodeForm
from vaguemestre.access.signin.held_forms import dropping_deferred_form
from vaguemestre.access.signin.http import SIGN_IN, network_of
from vaguemestre.access.signin.known_browsers import known_browser
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.services import end_other_sessions
from vaguemestre.access.signin.values import Deferred
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import numen_words, secret_keys
from vaguemestre.people.credentials.queries import identified, password_context_of
from vaguemestre.people.credentials.rules.delivered_codes import LIFE
from vaguemestre.people.credentials.services import check_chosen_password
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.ports import numen_keys


@never_cache
@require_http_methods(["GET", "POST"])
@dropping_deferred_form(secret_keys.get)
def recover(request: HttpRequest) -> HttpResponse:
    """Give NUMEN and birth date; the next page asks for a code in any case."""
    fields, work = submitted_form(request, secret_keys.get())
    form = RecoverForm(fields or None)
    if fields is None or not form.is_valid():
        return render(request, "assistant/recover.html", {"form": form})
    typed, browser = form.cleaned_data, known_browser(request)
    claim = IdentityClaim(
        typed["numen"], typed["birth_date"], network_of(request), browser.identifier, browser.account_ids
    )
    now = timezone.now()
    answer = services.send_code(
        claim, numen_keys.get(), secret_keys.get(), proof=required_proof(), now=now, work=work
    )
    if isinstance(answer, Deferred):
        return defer(request, form, answer, secret_keys.get())
    if isinstance(answer, Rejected):
        return render(
            request, "assistant/recover.html", {"form": form, "refused": rejection_sentence(answer)}
        )
    store_sent_code(request, answer.account_id, answer.mark, LIFE)
    return HttpResponseRedirect(reverse("assistant:recover-code"))


@never_cache
@require_http_methods(["GET", "POST"])
def give_code(request: HttpRequest) -> HttpResponse:
    """Give the code, in the browser that asked for it."""
    delivered = sent_code(request)
    if delivered is None:
        return HttpResponseRedirect(reverse("assistant:recover"))
    form = DeliveredCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if services.is_code_right(
            delivered, form.cleaned_data["code"], secret_keys.get(), now=timezone.now()
        ):
            store_proved_account(request, delivered.account_id)
            is_first = identified(delivered.account_id).state == AccountState.PENDING
            return HttpResponseRedirect(
                reverse("assistant:activate" if is_first else "assistant:recover-password")
            )
        form.add_error("code", sentence(Refusal("signin.wrong-delivered-code")))
    return render(request, "assistant/recover_code.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password; then sign in with it and the second factor, if any."""
    proved = proved_account(request, AccountState.ACTIVE)
    if proved is None:
        return HttpResponseRedirect(reverse("assistant:recover"))
    account_id = proved.account.account_id
    form = ChangePasswordForm(request.POST or None)
    if typed := form.data.get("new_password", ""):
        try:
            check_chosen_password(typed, password_context_of(account_id, typed, numen_words.get()))
        except Refusal as refusal:
            form.add_error("new_password", sentence(refusal))
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "account": proved.account}
        return render(request, "assistant/recover_password.html", context)
    now, password = timezone.now(), form.cleaned_data["new_password"]
    is_done = services.choose_password(
        account_id, password, secret_keys.get(), mark=proved.mark, former=proved.recovery, now=now
    )
    request.session.flush()
    if not is_done:
        return HttpResponseRedirect(reverse("assistant:recover"))
    run_now(end_other_sessions(account_id, "", revocations.get(), by=account_subject(account_id), now=now))
    run_now(AccountTouched(account_id, "recovered", now.isoformat()))
    return HttpResponseRedirect(f"{SIGN_IN}?nouveau=1")
