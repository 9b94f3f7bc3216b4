"""A forgotten password, with a recovery contact: who are you, the code received, a new password.

Nothing on the way says whether the account exists, is active, or has a contact.
"""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vaguemestre.assistant import services
from vaguemestre.assistant.forms import IdentifyForm
from vaguemestre.assistant.values import CodeSent, Given, NotPossible
from vaguemestre.credentials.ports import secret_keys
from vaguemestre.credentials.queries import Presented, bearer_of, presented
from vaguemestre.credentials.rules.delivered_codes import LIFE
from vaguemestre.credentials.services import check_chosen_password
from vaguemestre.directory.ports import numen_keys
from vaguemestre.jobs.services import run_now
from vaguemestre.kernel.errors import Refusal
from vaguemestre.signin.events import AccountTouched
from vaguemestre.signin.forms import ChangePasswordForm, DeliveredCodeForm
from vaguemestre.signin.http import SIGN_IN, network_of
from vaguemestre.signin.ports import revocations
from vaguemestre.signin.services import end_other_sessions
from vaguemestre.ui.refusals import duration, sentence

_SENT = "recovery-sent"
_PROVED = "recovery-proved"
_PATIENCE = timedelta(minutes=15)


@never_cache
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """NUMEN and birth date; whatever they are, the next page asks for a code."""
    form = IdentifyForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return render(request, "assistant/recover.html", {"form": form})
    given = Given(form.cleaned_data["numen"], form.cleaned_data["naissance"], network_of(request))
    now = timezone.now()
    answer = services.ask_code(given, numen_keys.get(), secret_keys.get(), now=now)
    if isinstance(answer, NotPossible):
        words = sentence(Refusal(answer.reason, wait=duration(answer.wait)))
        return render(request, "assistant/recover.html", {"form": form, "refused": words})
    _keep(request, _SENT, answer.account_id, now + LIFE, mark=answer.mark)
    return HttpResponseRedirect(reverse("assistant:recover-code"))


@never_cache
@require_http_methods(["GET", "POST"])
def give_code(request: HttpRequest) -> HttpResponse:
    """The code, in the browser that asked for it."""
    kept = _kept(request, _SENT)
    if kept is None:
        return HttpResponseRedirect(reverse("assistant:recover"))
    form = DeliveredCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = CodeSent(kept["account_id"], kept["mark"])
        now = timezone.now()
        if services.code_holds(sent, form.cleaned_data["code"], secret_keys.get(), now=now):
            del request.session[_SENT]
            _keep(request, _PROVED, sent.account_id, now + _PATIENCE)
            return HttpResponseRedirect(reverse("assistant:recover-password"))
        form.add_error("code", sentence(Refusal("signin.wrong-delivered-code")))
    return render(request, "assistant/recover_code.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """A new password; then one signs in with it, and with one's second factor if there is one."""
    account = _proved(request)
    if account is None:
        return HttpResponseRedirect(reverse("assistant:recover"))
    form = ChangePasswordForm(request.POST or None)
    if typed := form.data.get("mot_de_passe", ""):
        try:
            check_chosen_password(typed, bearer_of(account.account_id, numen_keys.get()))
        except Refusal as refusal:
            form.add_error("mot_de_passe", sentence(refusal))
    if request.method == "GET" or not form.is_valid():
        return render(request, "assistant/recover_password.html", {"form": form, "account": account})
    now, account_id = timezone.now(), account.account_id
    services.choose_password(account_id, form.cleaned_data["mot_de_passe"], now=now)
    request.session.flush()
    run_now(end_other_sessions(account_id, "", revocations.get(), by=f"account:{account_id}", now=now))
    run_now(AccountTouched(account_id, "recovered", now.isoformat()))
    return HttpResponseRedirect(f"{SIGN_IN}?nouveau=1")


def _keep(request: HttpRequest, name: str, account_id: int, until: datetime, mark: str = "") -> None:
    """What was sent or proved waits in the browser's anonymous session, under a new key."""
    request.session.cycle_key()
    request.session.set_expiry(0)
    request.session[name] = {"account_id": account_id, "until": until.isoformat(), "mark": mark}


def _kept(request: HttpRequest, name: str) -> dict[str, Any] | None:
    kept = request.session.get(name)
    return kept if kept and timezone.now() < datetime.fromisoformat(kept["until"]) else None


def _proved(request: HttpRequest) -> Presented | None:
    kept = _kept(request, _PROVED)
    account = presented(int(kept["account_id"])) if kept else None
    return account if account and account.state == "active" else None
