"""OTP keys: hand-over with a receipt, loss, stock."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in
from vaguemestre.desks.helpdesk.forms import KeyForm, ReasonForm, StockForm
from vaguemestre.desks.helpdesk.http import for_operators, person_or_404
from vaguemestre.desks.helpdesk.queries.accounts import KEY_LABEL
from vaguemestre.desks.helpdesk.services import keys as services
from vaguemestre.desks.helpdesk.values import AccountDetail
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries.keys import keys_in_stock, keys_of
from vaguemestre.people.credentials.services.keys import receipt_of_key, receipt_pdf


@require_http_methods(["GET", "POST"])
@for_operators
@recently_signed_in
@act_words("remettre une clé OTP")
def show_key(request: SignedInRequest, account_id: int) -> HttpResponse:
    """The key of an account, or the form to hand one over."""
    account = person_or_404(account_id, timezone.now())
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.give_key(
                account_id,
                data["serial"],
                data["reason"],
                secret_keys.get(),
                operator_id=request.who.account_id,
                now=timezone.now(),
            )
            return HttpResponseRedirect(f"{reverse('helpdesk:key', args=[account_id])}?fait=key-given")
        except Refusal as refusal:
            name = "serial" if refusal.code.startswith("credentials.") else "reason"
            form.add_error(name, sentence(refusal))
    return _page(request, account, form, ReasonForm())


@require_POST
@for_operators
@recently_signed_in
@act_words("déclarer une clé OTP perdue")
def declare_key_lost(request: SignedInRequest, account_id: int) -> HttpResponse:
    account = person_or_404(account_id, timezone.now())
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.report_lost_key(
                account_id,
                form.cleaned_data["reason"],
                operator_id=request.who.account_id,
                now=timezone.now(),
            )
            return HttpResponseRedirect(f"{reverse('helpdesk:key', args=[account_id])}?fait=key-lost")
        except Refusal as refusal:
            form.add_error("reason", sentence(refusal))
    return _page(request, account, KeyForm(), form)


@require_GET
@for_operators
def show_receipt(request: SignedInRequest, account_id: int, device_id: int) -> HttpResponse:
    """The receipt both people sign, as PDF."""
    account = person_or_404(account_id, timezone.now())
    if device_id not in (key.device_id for key in keys_of(account_id)):
        raise Http404
    receipt = receipt_of_key(
        device_id, holder=account.name, issuer=request.who.name, academy=academy_of(request).name
    )
    response = HttpResponse(receipt_pdf(receipt), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="remise-cle-{receipt.serial}.pdf"'
    return response


@require_http_methods(["GET", "POST"])
@for_operators
@recently_signed_in
@act_words("ajouter des clés OTP")
def stock(request: SignedInRequest) -> HttpResponse:
    """Add delivered keys to the stock. Their secrets are never shown again."""
    form = StockForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context["added"] = services.add_keys_to_stock(
                form.cleaned_data["key_list"],
                secret_keys.get(),
                operator_id=request.who.account_id,
                now=timezone.now(),
            )
            context["form"] = StockForm()
        except Refusal as refusal:
            form.add_error("key_list", sentence(refusal))
    return render(request, "helpdesk/stock.html", {**context, "in_stock": keys_in_stock()})


def _page(request: SignedInRequest, account: AccountDetail, form: KeyForm, loss: ReasonForm) -> HttpResponse:
    current = [key for key in keys_of(account.account_id) if key.lost_at is None]
    former = [key for key in keys_of(account.account_id) if key.lost_at is not None]
    context = {
        "account": account,
        "key": current[0] if current else None,
        "former": former,
        "is_only_factor": account.factors == (KEY_LABEL,),  # a key without PIN is none
        "form": form,
        "loss": loss,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "helpdesk/key.html", context)
