"""The user's OTP key: choose its PIN, declare it lost."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin import services
from vaguemestre.access.signin.forms import PinForm
from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import current_key


@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("choisir le code PIN de votre clé")
def choose_pin(request: SignedInRequest) -> HttpResponse:
    """Choose the PIN. The code the key displays proves that the user has it."""
    account_id, now = request.who.account_id, timezone.now()
    key = current_key(account_id)
    if key is None:
        return HttpResponseRedirect(reverse("signin:security"))
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            touched = services.choose_pin(account_id, typed["pin"], typed["code"], secret_keys.get(), now=now)
        except Refusal as refusal:
            field = "code" if refusal.code in ("signin.wrong-code-of-key", "signin.wait") else "pin"
            form.add_error(field, sentence(refusal))
        else:
            revocations.get().refresh()
            run_now(touched)
            return HttpResponseRedirect(f"{reverse('signin:security')}?fait=pin")
    return render(request, "signin/pin.html", {"form": form, "key": key})


@require_POST
@recently_signed_in
@act_words("déclarer votre clé perdue")
def declare_lost(request: SignedInRequest, number: int) -> HttpResponse:
    run_now(services.declare_key_lost(request.who.account_id, number, now=timezone.now()))
    return HttpResponseRedirect(f"{reverse('signin:security')}?fait=cle-perdue")
