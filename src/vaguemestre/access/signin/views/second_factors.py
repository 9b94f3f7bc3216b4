"""Pages of the authenticator application and recovery codes; each change requires a fresh proof."""

import base64

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin import services
from vaguemestre.access.signin.forms import EnrolForm
from vaguemestre.access.signin.http import SignedInRequest, act_words, factor_policy, recently_signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.rules.codes_page import codes_pdf
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.foundation.ui.files.pictures import qr
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import proposed_application


@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("ajouter une application d’authentification")
def enrol(request: SignedInRequest) -> HttpResponse:
    """Show a secret to scan, then check the code that proves it was."""
    if request.method == "GET":
        return _enrol_page(request, EnrolForm())
    form = EnrolForm(request.POST)
    if not form.is_valid():
        return _enrol_page(request, form)
    account_id, now = request.who.account_id, timezone.now()
    try:
        code = form.cleaned_data["code"]
        touched, codes = services.finish_application(account_id, code, secret_keys.get(), now=now)
    except Refusal as refusal:
        form.add_error("code", sentence(refusal))
        return _enrol_page(request, form)
    revocations.get().refresh()  # every worker reads the person again
    run_now(touched)
    if codes:
        return _codes_page(request, codes, is_first=True)
    return HttpResponseRedirect(f"{reverse('signin:security')}?fait=application")


@require_POST
@recently_signed_in
@act_words("recommencer avec un autre code QR")
def start_again(request: SignedInRequest) -> HttpResponse:
    """Draw another secret."""
    services.begin_application(request.who.account_id, secret_keys.get())
    return HttpResponseRedirect(reverse("signin:enrol"))


@require_POST
@recently_signed_in
@act_words("retirer une application d’authentification")
def remove(request: SignedInRequest, number: int) -> HttpResponse:
    who, now = request.who, timezone.now()
    is_due = who.role in factor_policy().roles
    if touched := services.drop_application(who.account_id, number, is_due=is_due, now=now):
        run_now(touched)
    return HttpResponseRedirect(f"{reverse('signin:security')}?fait=application-retiree")


@require_POST
@recently_signed_in
@act_words("remplacer vos codes de secours")
def renew_codes(request: SignedInRequest) -> HttpResponse:
    """Show new codes, once: they are stored only as hashes."""
    account_id, now = request.who.account_id, timezone.now()
    touched, codes = services.renew_recovery_codes(account_id, secret_keys.get(), now=now)
    run_now(touched)
    return _codes_page(request, codes, is_first=False)


def _enrol_page(request: SignedInRequest, form: EnrolForm) -> HttpResponse:
    account_id, issuer = request.who.account_id, academy_of(request).name
    proposed = proposed_application(account_id, secret_keys.get(), issuer=issuer)
    if proposed is None:
        services.begin_application(account_id, secret_keys.get())
        proposed = proposed_application(account_id, secret_keys.get(), issuer=issuer)
    picture = qr(proposed.address, "Code QR à lire avec l’application d’authentification") if proposed else ""
    return render(request, "signin/enrol.html", {"form": form, "proposed": proposed, "picture": picture})


def _codes_page(request: SignedInRequest, codes: list[str], *, is_first: bool) -> HttpResponse:
    who = request.who
    page = codes_pdf(codes, name=who.name, username=who.username, academy=academy_of(request).name)
    pdf = f"data:application/pdf;base64,{base64.b64encode(page).decode()}"  # never stored on the server
    return render(request, "signin/recovery_codes.html", {"codes": codes, "is_first": is_first, "pdf": pdf})
