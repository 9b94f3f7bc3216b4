"""Identification: by NUMEN and birth date, by an activation link, by an issued code."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.assistant import services
from vaguemestre.access.assistant.forms import IdentifyForm, IssuedCodeForm
from vaguemestre.access.assistant.http import defer, store_proved_account, store_sent_code, submitted_form
from vaguemestre.access.assistant.rules.policy import Proof
from vaguemestre.access.assistant.values import (
    CodeAccepted,
    CodeSent,
    Identification,
    IdentityClaim,
    IssuedCodeClaim,
    Rejected,
)
from vaguemestre.access.signin.held_forms import dropping_deferred_form
from vaguemestre.access.signin.http import network_of, who_asks
from vaguemestre.access.signin.values import BrowserWork, Deferred
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import account_of_link, identified
from vaguemestre.people.credentials.rules.delivered_codes import LIFE
from vaguemestre.people.credentials.services.activation import link_sha256
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.ports import numen_keys

_CHOICES = ("identifiant", "premiere-connexion")


@never_cache
@require_http_methods(["GET", "POST"])
@dropping_deferred_form(secret_keys.get)
def identify(request: HttpRequest) -> HttpResponse:
    """Choose the problem, then give NUMEN and birth date."""
    typed, work = submitted_form(request, secret_keys.get())
    if typed is None:
        form = IdentifyForm() if request.GET.get("choix", "") in _CHOICES else None
        return identify_page(request, form)
    form = IdentifyForm(typed)
    if not form.is_valid():
        return identify_page(request, form)
    claim = IdentityClaim(form.cleaned_data["numen"], form.cleaned_data["birth_date"], network_of(request))
    answer = _identify(claim, work, by_code=bool(form.cleaned_data["by_code"]))
    match answer:
        case Deferred():
            return defer(request, form, answer, secret_keys.get())
        case Identification():
            store_proved_account(request, answer.account_id)
            return HttpResponseRedirect(reverse("assistant:activate"))
        case CodeSent():
            store_sent_code(request, answer.account_id, answer.mark, LIFE)
            return HttpResponseRedirect(reverse("assistant:recover-code"))
        case Rejected():
            is_closed = answer.reason == services.CLOSED
            return identify_page(request, form, refused=rejection_sentence(answer), is_closed=is_closed)


@never_cache
@require_http_methods(["GET", "POST"])
@dropping_deferred_form(secret_keys.get)
def give_issued_code(request: HttpRequest) -> HttpResponse:
    """Give a code that the help desk sent, or that was handed over."""
    fields, work = submitted_form(request, secret_keys.get())
    form = IssuedCodeForm(fields or None)
    if fields is None or not form.is_valid():
        return render(request, "assistant/issued_code.html", {"form": form})
    typed = form.cleaned_data
    claim = IssuedCodeClaim(typed["name"], typed["birth_date"], typed["code"], network_of(request))
    answer = services.accept_code(claim, numen_keys.get(), secret_keys.get(), now=timezone.now(), work=work)
    match answer:
        case Deferred():
            return defer(request, form, answer, secret_keys.get())
        case CodeAccepted():
            store_proved_account(request, answer.account_id, answer.mark)
            is_first = identified(answer.account_id).state == AccountState.PENDING
            return HttpResponseRedirect(
                reverse("assistant:activate" if is_first else "assistant:recover-password")
            )
        case Rejected():
            context = {"form": form, "refused": rejection_sentence(answer)}
            return render(request, "assistant/issued_code.html", context)


@never_cache
@require_GET
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """Follow an activation link. The activation uses it up, not the visit."""
    account_id = account_of_link(link_sha256(token), timezone.now())
    if account_id is None:
        return identify_page(request, None, refused=sentence(Refusal("assistant.link-over")))
    store_proved_account(request, account_id)
    return HttpResponseRedirect(reverse("assistant:activate"))


def identify_page(
    request: HttpRequest, form: IdentifyForm | None, refused: str = "", *, is_closed: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "refused": refused,
        "is_closed": is_closed,
        "is_first": request.GET.get("choix") == "premiere-connexion",
        "has_numen": "numen" in request.GET,
        "is_signed_in": who_asks(request) is not None,
        "sends_code": required_proof() is Proof.CODE,
    }
    return render(request, "assistant/identify.html", context)


def required_proof() -> Proof:
    """What a first activation requires: the strictest académie decides, as the person is not yet known."""
    proofs = {Proof(academy.proof) for academy in settings.CONFIG.academies}
    return Proof.CODE if Proof.CODE in proofs else Proof.NUMEN


def rejection_sentence(answer: Rejected) -> str:
    return sentence(Refusal(answer.reason, wait=duration(answer.wait)))


def _identify(
    claim: IdentityClaim, work: BrowserWork, *, by_code: bool
) -> Identification | CodeSent | Rejected | Deferred:
    now = timezone.now()
    if by_code or required_proof() is Proof.CODE:
        return services.send_code(
            claim, numen_keys.get(), secret_keys.get(), proof=Proof.CODE, now=now, work=work
        )
    return services.identify(claim, numen_keys.get(), now=now, work=work)
