"""The assistant's pages: what is the matter, who are you, your password."""

import logging
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.assistant import services
from vaguemestre.assistant.forms import ActivateForm, IdentifyForm
from vaguemestre.assistant.values import CHARTER, Found, Given, NotPossible
from vaguemestre.credentials.events import AccountActivated
from vaguemestre.credentials.queries import Presented, account_of_link, bearer_of, presented
from vaguemestre.credentials.services import activate as open_for_good
from vaguemestre.credentials.services import check_chosen_password, strength_of
from vaguemestre.credentials.services.activation import link_sha256
from vaguemestre.directory.ports import numen_keys
from vaguemestre.jobs.services import run_now
from vaguemestre.kernel.errors import EngineRefused, Refusal
from vaguemestre.signin.http import enter, network_of, who_asks
from vaguemestre.ui.refusals import duration, sentence

log = logging.getLogger(__name__)

_KEPT = "activation"
_PATIENCE = timedelta(minutes=30)
_CHOICES = ("identifiant", "premiere-connexion")


@never_cache
@require_http_methods(["GET", "POST"])
def identify(request: HttpRequest) -> HttpResponse:
    """Choose what is the matter, then give NUMEN and birth date."""
    choice = request.GET.get("choix", "")
    if request.method == "GET":
        form = IdentifyForm() if choice in _CHOICES else None
        return _identify_page(request, form)
    form = IdentifyForm(request.POST)
    if not form.is_valid():
        return _identify_page(request, form)
    given = Given(form.cleaned_data["numen"], form.cleaned_data["naissance"], network_of(request))
    answer = services.identify(given, numen_keys.get(), now=timezone.now())
    match answer:
        case Found():
            return _go_on(request, answer.account_id)
        case NotPossible():
            words = sentence(Refusal(answer.reason, wait=duration(answer.wait)))
            return _identify_page(request, form, refused=words)


@never_cache
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """The username, one's own password, the charter: then signed in, on the portal."""
    account = _account_under_way(request)
    if account is None:
        return HttpResponseRedirect("/assistant/?choix=identifiant")
    if request.method == "GET":
        return _activate_page(request, account, ActivateForm())
    form = ActivateForm(request.POST)
    if typed := form.data.get("mot_de_passe", ""):
        try:
            check_chosen_password(typed, bearer_of(account.account_id, numen_keys.get()))
        except Refusal as refusal:
            form.add_error("mot_de_passe", sentence(refusal))
    if not form.is_valid():
        return _activate_page(request, account, form)
    by, now = f"account:{account.account_id}", timezone.now()
    password = form.cleaned_data["mot_de_passe"]
    if not open_for_good(account.account_id, password, charter=CHARTER, by=by, now=now):
        request.session.flush()  # somebody was quicker: as neutral as any other refusal
        return _identify_page(request, IdentifyForm(), refused=sentence(Refusal("assistant.not-possible")))
    answer = enter(request, account.account_id)
    _have_mail_work(account.account_id)
    return answer


def _have_mail_work(account_id: int) -> None:
    """At once if the engines agree; else the worker does it soon. The activation stands in any case."""
    try:
        run_now(AccountActivated(account_id))
    except EngineRefused as error:
        log.warning("after the activation of account %s: %s", account_id, error)


@never_cache
@require_POST
def judge(request: HttpRequest) -> HttpResponse:
    """How the password being typed is judged, in words, for the page to show."""
    account = _account_under_way(request)
    if account is None:
        raise Http404
    typed = request.POST.get("mot_de_passe", "")[:1024]
    judged = strength_of(typed, bearer_of(account.account_id, numen_keys.get()))
    return JsonResponse({"words": judged.value, "enough": judged.is_enough})


@never_cache
@require_GET
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """An activation link given by hand. It is used up by the activation, not by looking."""
    account_id = account_of_link(link_sha256(token), timezone.now())
    if account_id is None:
        refused = sentence(Refusal("assistant.link-over"))
        return _identify_page(request, None, refused=refused)
    return _go_on(request, account_id)


def _identify_page(request: HttpRequest, form: IdentifyForm | None, refused: str = "") -> HttpResponse:
    shown = {
        "form": form,
        "refused": refused,
        "is_first": request.GET.get("choix") == "premiere-connexion",
        "is_signed_in": who_asks(request) is not None,
    }
    return render(request, "assistant/identify.html", shown)


def _activate_page(request: HttpRequest, account: Presented, form: ActivateForm) -> HttpResponse:
    return render(request, "assistant/activate.html", {"account": account, "form": form})


def _go_on(request: HttpRequest, account_id: int) -> HttpResponse:
    """What was proved waits in the browser's anonymous session, under a new key."""
    request.session.cycle_key()
    request.session.set_expiry(0)
    request.session[_KEPT] = {
        "account_id": account_id,
        "until": (timezone.now() + _PATIENCE).isoformat(),
    }
    return HttpResponseRedirect("/assistant/activer")


def _account_under_way(request: HttpRequest) -> Presented | None:
    kept = request.session.get(_KEPT)
    if not kept or timezone.now() > datetime.fromisoformat(kept["until"]):
        return None
    account = presented(kept["account_id"])
    return account if account and account.state == "pending" else None
