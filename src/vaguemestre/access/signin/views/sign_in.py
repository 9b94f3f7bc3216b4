"""Sign-in pages: name and password, code, sign-out."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin import services
from vaguemestre.access.signin.forms import SecondStepForm, SignInForm
from vaguemestre.access.signin.held_forms import defer_form, deferred_form, dropping_deferred_form
from vaguemestre.access.signin.http import (
    RESUME,
    SIGN_IN,
    end_browser_session,
    factor_policy,
    network_of,
    start_session,
    who_asks,
)
from vaguemestre.access.signin.known_browsers import known_browser
from vaguemestre.access.signin.pending_sign_in import keep_pending_sign_in, stored_sign_in
from vaguemestre.access.signin.ports import farewell
from vaguemestre.access.signin.rules.paths import safe_next
from vaguemestre.access.signin.values import (
    BrowserWork,
    Deferred,
    Denied,
    Factor,
    Granted,
    LoginAttempt,
    NumenTyped,
    PendingSignIn,
    Step,
)
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.people.credentials.ports import secret_keys


@never_cache
@require_http_methods(["GET", "POST"])
@dropping_deferred_form(secret_keys.get)
def sign_in(request: HttpRequest) -> HttpResponse:
    who = who_asks(request)
    again = who is not None and "confirmer" in request.GET
    back = safe_next(request.POST.get("next") or request.GET.get("next", "/"))
    if who and not again:
        return HttpResponseRedirect(back)
    if request.method == "GET":
        initial = {
            "next": back,
            "username": who.username if who else request.GET.get("identifiant", "")[:254],
            "own_device": who.mine if who else False,
            "shared": who.shared if who else False,
        }
        return _page(request, SignInForm(initial=initial), again=again)
    return _attempt_sign_in(request, SignInForm(request.POST), back, BrowserWork(), again=again)


@never_cache
@require_http_methods(["GET", "POST"])
@dropping_deferred_form(secret_keys.get)
def resume_sign_in(request: HttpRequest) -> HttpResponse:
    """Resume a deferred sign-in: what was typed is in the browser's cookie, its proof of work in the form."""
    deferred = deferred_form(request, reverse("signin:resume"), secret_keys.get())
    if deferred is None:
        return HttpResponseRedirect(SIGN_IN)
    back, again = safe_next(deferred.fields.get("next", "/")), who_asks(request) is not None
    work = deferred.work_done(request.POST.get("work", ""))
    form = SignInForm(deferred.fields)
    return _attempt_sign_in(request, form, back, work, again=again, chain=deferred.chain)


def _attempt_sign_in(
    request: HttpRequest, form: SignInForm, back: str, work: BrowserWork, *, again: bool, chain: str = ""
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, again=again)
    attempt = replace(_login_attempt(request, form.cleaned_data), work=work)
    if again and (who := who_asks(request)):  # the kind of session does not change
        attempt = replace(attempt, shared=who.shared, mine=who.mine)
    step = services.begin_sign_in(
        attempt,
        secret_keys.get(),
        now=timezone.now(),
        numen_leads_on=_numen_leads_on(),
        policy=factor_policy(),
    )
    is_answer = chain and not isinstance(step, Deferred)
    if is_answer and not services.end_deferred_form(chain, now=timezone.now()):
        return HttpResponseRedirect(SIGN_IN)  # a copy of its cookie was answered meanwhile
    return _respond(request, form, step, back, again=again)


def _numen_leads_on() -> bool:
    """Whether a NUMEN typed here leads to the activation page.

    The same for every name and on every host: else the answer would tell the académie of a name, and the host
    of another académie would open what one has closed.
    """
    return all(academy.numen_at_sign_in for academy in settings.CONFIG.academies)


def _respond(
    request: HttpRequest, form: SignInForm, step: Step | NumenTyped | Deferred, back: str, *, again: bool
) -> HttpResponse:
    match step:
        case Deferred():
            typed = {name: str(form.data.get(name, "")) for name in form.fields}
            return defer_form(
                request, reverse("signin:resume"), {**typed, "next": back}, step, secret_keys.get()
            )
        case Granted():
            return start_session(request, step, back=back)
        case PendingSignIn(needed=(Factor.PASSKEY,)):
            return _page(request, form, again=again, denied=Denied("signin.passkey-first"))
        case PendingSignIn():
            keep_pending_sign_in(request, step, form.cleaned_data["username"], back)
            return HttpResponseRedirect(f"{SIGN_IN}/code")
        case NumenTyped():
            return HttpResponseRedirect("/assistant/?choix=premiere-connexion&numen=1")
        case Denied():
            return _page(request, form, again=again, denied=step)


@never_cache
@require_http_methods(["GET", "POST"])
def give_code(request: HttpRequest) -> HttpResponse:
    """The second step: the code of an application or key, or a recovery code."""
    stored = stored_sign_in(request)
    if stored is None:
        return HttpResponseRedirect(SIGN_IN)
    form = SecondStepForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return render(request, "signin/code.html", {"form": form})
    code = form.cleaned_data["code"]
    step = services.continue_sign_in(stored.pending, code, secret_keys.get(), now=timezone.now())
    match step:
        case Granted():
            return start_session(request, step, back=stored.back)
        case PendingSignIn():
            keep_pending_sign_in(request, step, stored.name, stored.back)
            return render(request, "signin/code.html", {"form": SecondStepForm(), "wrong": True})
        case Denied(wait=0):
            request.session.flush()
            return _page(request, SignInForm(initial={"next": stored.back}), again=False, denied=step)
        case Denied():
            return render(request, "signin/code.html", {"form": SecondStepForm(), "denial": _sentence(step)})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here and in the applications entered with it."""
    who = who_asks(request)
    return end_browser_session(
        request, HttpResponseRedirect(farewell.get()(who.session_key) if who else f"{SIGN_IN}?au-revoir=1")
    )


def show_denial(request: HttpRequest, denied: Denied, back: str) -> HttpResponse:
    """The sign-in page with the reason of a refusal by passkey."""
    again = who_asks(request) is not None
    return _page(request, SignInForm(initial={"next": back}), again=again, denied=denied)


def _page(
    request: HttpRequest, form: SignInForm, *, again: bool, denied: Denied | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "again": again,
        "denial": _sentence(denied) if denied else "",
        "fresh": "nouveau" in request.GET and request.method == "GET",
        "is_closed": "ferme" in request.GET and request.method == "GET",
        "bye": "au-revoir" in request.GET and request.method == "GET",
        "is_over": not again and _was_sent_here(request) and _was_signed_in(request),
        "act": _interrupted_act(request) if again and form["next"].value() == RESUME else None,
    }
    return render(request, "signin/sign_in.html", context)


def _was_sent_here(request: HttpRequest) -> bool:
    """Whether a page that wants somebody signed in led here."""
    return request.method == "GET" and "next" in request.GET and "au-revoir" not in request.GET


def _was_signed_in(request: HttpRequest) -> bool:
    return bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME))


def _interrupted_act(request: HttpRequest) -> services.Act | None:
    """The act that the fresh proof interrupted, to be given back after it."""
    who = who_asks(request)
    if who is None:
        return None
    return services.find_act(who.session_key, who.account_id, secret_keys.get(), now=timezone.now())


def _sentence(denied: Denied) -> str:
    return sentence(Refusal(denied.reason, wait=duration(denied.wait)))


def _login_attempt(request: HttpRequest, typed: dict[str, Any]) -> LoginAttempt:
    browser = known_browser(request)
    return LoginAttempt(
        name=typed["username"],
        secret=typed["secret"],
        network=network_of(request),
        browser=browser.identifier,
        browser_accounts=browser.account_ids,
        shared=bool(typed["shared"]),
        mine=bool(typed["own_device"]) and not typed["shared"],
    )
