"""Pages of the recovery contact; each change requires a fresh proof."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin import services
from vaguemestre.access.signin.forms import ContactForm, DeliveredCodeForm
from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import pending_contact


@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("changer votre contact de secours")
def set_contact(request: SignedInRequest) -> HttpResponse:
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account_id, domains = request.who.account_id, settings.CONFIG.domains
        typed, now = form.cleaned_data["address"], timezone.now()
        try:
            services.begin_contact(account_id, typed, domains, secret_keys.get(), now=now)
            return HttpResponseRedirect(reverse("signin:prove-contact"))
        except Refusal as refusal:
            form.add_error("address", sentence(refusal))
    return render(request, "signin/contact.html", {"form": form, "address": ""})


@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("confirmer votre contact de secours")
def prove_contact(request: SignedInRequest) -> HttpResponse:
    account_id, now = request.who.account_id, timezone.now()
    address = pending_contact(account_id, now)
    if not address:
        return HttpResponseRedirect(reverse("signin:set-contact"))
    form = DeliveredCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if touched := services.finish_contact(account_id, code, secret_keys.get(), now=now):
            run_now(touched)
            return HttpResponseRedirect(f"{reverse('signin:security')}?fait=contact")
        form.add_error("code", sentence(Refusal("signin.wrong-delivered-code")))
    return render(request, "signin/contact.html", {"form": form, "address": address})


@require_POST
@recently_signed_in
@act_words("retirer votre contact de secours")
def drop_contact(request: SignedInRequest, number: int) -> HttpResponse:
    account_id, now = request.who.account_id, timezone.now()
    run_now(services.remove_contact(account_id, number, now=now))
    return HttpResponseRedirect(f"{reverse('signin:security')}?fait=contact-retire")
