"""One-time keys: handed over with a receipt, replaced, declared lost; and the stock."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in
from vaguemestre.desks.helpdesk.forms import KeyForm, ReasonForm, StockForm
from vaguemestre.desks.helpdesk.http import for_operators
from vaguemestre.desks.helpdesk.queries.accounts import shown
from vaguemestre.desks.helpdesk.services import keys as services
from vaguemestre.desks.helpdesk.values import Shown
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries.keys import keys_in_stock, keys_of
from vaguemestre.people.credentials.services.keys import receipt_of_key, receipt_pdf


@require_http_methods(["GET", "POST"])
@for_operators
@recently_signed_in
@act_words("remettre une clé OTP")
def give(request: SignedInRequest, account_id: int) -> HttpResponse:
    """The key somebody holds, or one to hand over."""
    account = _account(account_id)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.give_key(
                account_id,
                typed["serie"],
                typed["motif"],
                secret_keys.get(),
                operator_id=request.who.account_id,
                now=timezone.now(),
            )
            return HttpResponseRedirect(f"{reverse('helpdesk:key', args=[account_id])}?fait=key-given")
        except Refusal as refusal:
            name = "serie" if refusal.code.startswith("credentials.") else "motif"
            form.add_error(name, sentence(refusal))
    return _page(request, account, form, ReasonForm())


@require_POST
@for_operators
@recently_signed_in
@act_words("déclarer une clé OTP perdue")
def lose(request: SignedInRequest, account_id: int) -> HttpResponse:
    account = _account(account_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.lose_key(
                account_id, form.cleaned_data["motif"], operator_id=request.who.account_id, now=timezone.now()
            )
            return HttpResponseRedirect(f"{reverse('helpdesk:key', args=[account_id])}?fait=key-lost")
        except Refusal as refusal:
            form.add_error("motif", sentence(refusal))
    return _page(request, account, KeyForm(), form)


@require_GET
@for_operators
def show_receipt(request: SignedInRequest, account_id: int, device_id: int) -> HttpResponse:
    """What both sign, in PDF."""
    account = _account(account_id)
    if device_id not in (key.device_id for key in keys_of(account_id)):
        raise Http404
    receipt = receipt_of_key(
        device_id, holder=account.name, issuer=request.who.name, academy=settings.CONFIG.academy.name
    )
    answer = HttpResponse(receipt_pdf(receipt), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="remise-cle-{receipt.serial}.pdf"'
    return answer


@require_http_methods(["GET", "POST"])
@for_operators
@recently_signed_in
@act_words("ajouter des clés OTP")
def stock(request: SignedInRequest) -> HttpResponse:
    """Keys delivered by their maker. Their secrets are never shown again."""
    form = StockForm(request.POST or None)
    told: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            told["added"] = services.receive_keys(
                form.cleaned_data["cles"],
                secret_keys.get(),
                operator_id=request.who.account_id,
                now=timezone.now(),
            )
            told["form"] = StockForm()
        except Refusal as refusal:
            form.add_error("cles", sentence(refusal))
    return render(request, "helpdesk/stock.html", {**told, "in_stock": keys_in_stock()})


def _account(account_id: int) -> Shown:
    account = shown(account_id, timezone.now())
    if account is None:
        raise Http404
    return account


def _page(request: SignedInRequest, account: Shown, form: KeyForm, loss: ReasonForm) -> HttpResponse:
    held = [key for key in keys_of(account.account_id) if key.lost_at is None]
    former = [key for key in keys_of(account.account_id) if key.lost_at is not None]
    told = {
        "account": account,
        "key": held[0] if held else None,
        "former": former,
        "form": form,
        "loss": loss,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "helpdesk/key.html", told)
