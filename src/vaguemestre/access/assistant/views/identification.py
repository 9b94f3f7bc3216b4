"""Who are you: by NUMEN and birth date, by a link or a code given by hand."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.assistant import services
from vaguemestre.access.assistant.forms import IdentifyForm, IssuedCodeForm
from vaguemestre.access.assistant.http import come_back, keep_proved, keep_sent, typed_in
from vaguemestre.access.assistant.rules.policy import Proof
from vaguemestre.access.assistant.values import CodeSent, CodeShown, Found, Given, GivenCode, NotPossible
from vaguemestre.access.signin.http import network_of, who_asks
from vaguemestre.access.signin.values import Later, Shown
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import account_of_link, identified
from vaguemestre.people.credentials.rules.delivered_codes import LIFE
from vaguemestre.people.credentials.services.activation import link_sha256
from vaguemestre.people.directory.ports import numen_keys

_CHOICES = ("identifiant", "premiere-connexion")


@never_cache
@require_http_methods(["GET", "POST"])
def identify(request: HttpRequest) -> HttpResponse:
    """Choose what is the matter, then give NUMEN and birth date."""
    typed, shown = typed_in(request, secret_keys.get())
    if typed is None:
        form = IdentifyForm() if request.GET.get("choix", "") in _CHOICES else None
        return identify_page(request, form)
    form = IdentifyForm(typed)
    if not form.is_valid():
        return identify_page(request, form)
    given = Given(form.cleaned_data["numen"], form.cleaned_data["naissance"], network_of(request))
    answer = _answer(given, shown, by_code=bool(form.cleaned_data["par_code"]))
    match answer:
        case Later():
            return come_back(request, form, answer, secret_keys.get())
        case Found():
            keep_proved(request, answer.account_id)
            return HttpResponseRedirect(reverse("assistant:activate"))
        case CodeSent():
            keep_sent(request, answer.account_id, answer.mark, LIFE)
            return HttpResponseRedirect(reverse("assistant:recover-code"))
        case NotPossible():
            is_closed = answer.reason == services.CLOSED
            return identify_page(request, form, refused=words_of(answer), is_closed=is_closed)


@never_cache
@require_http_methods(["GET", "POST"])
def show_code(request: HttpRequest) -> HttpResponse:
    """A code the desk sent, or that was handed over."""
    sent, shown = typed_in(request, secret_keys.get())
    form = IssuedCodeForm(sent or None)
    if sent is None or not form.is_valid():
        return render(request, "assistant/issued_code.html", {"form": form})
    typed = form.cleaned_data
    given = GivenCode(typed["nom"], typed["naissance"], typed["code"], network_of(request))
    answer = services.show_code(given, numen_keys.get(), secret_keys.get(), now=timezone.now(), shown=shown)
    match answer:
        case Later():
            return come_back(request, form, answer, secret_keys.get())
        case CodeShown():
            keep_proved(request, answer.account_id, answer.mark)
            is_first = identified(answer.account_id).state == "pending"
            return HttpResponseRedirect(
                reverse("assistant:activate" if is_first else "assistant:recover-password")
            )
        case NotPossible():
            told = {"form": form, "refused": words_of(answer)}
            return render(request, "assistant/issued_code.html", told)


@never_cache
@require_GET
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """An activation link given by hand. It is used up by the activation, not by looking."""
    account_id = account_of_link(link_sha256(token), timezone.now())
    if account_id is None:
        return identify_page(request, None, refused=sentence(Refusal("assistant.link-over")))
    keep_proved(request, account_id)
    return HttpResponseRedirect(reverse("assistant:activate"))


def identify_page(
    request: HttpRequest, form: IdentifyForm | None, refused: str = "", *, is_closed: bool = False
) -> HttpResponse:
    shown = {
        "form": form,
        "refused": refused,
        "is_closed": is_closed,
        "is_first": request.GET.get("choix") == "premiere-connexion",
        "has_numen": "numen" in request.GET,
        "is_signed_in": who_asks(request) is not None,
        "sends_code": proof() is Proof.CODE,
    }
    return render(request, "assistant/identify.html", shown)


def proof() -> Proof:
    """What this académie asks of a first activation."""
    return Proof(settings.CONFIG.academy.proof)


def words_of(answer: NotPossible) -> str:
    return sentence(Refusal(answer.reason, wait=duration(answer.wait)))


def _answer(given: Given, shown: Shown, *, by_code: bool) -> Found | CodeSent | NotPossible | Later:
    now = timezone.now()
    if by_code or proof() is Proof.CODE:
        return services.ask_code(
            given, numen_keys.get(), secret_keys.get(), proof=Proof.CODE, now=now, shown=shown
        )
    return services.identify(given, numen_keys.get(), now=now, shown=shown)
