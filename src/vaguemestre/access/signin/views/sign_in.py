"""Sign in, give the code, sign out."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin import services
from vaguemestre.access.signin.forms import CodeForm, SignInForm
from vaguemestre.access.signin.held_forms import held_form, hold_form, let_go
from vaguemestre.access.signin.http import (
    KEPT_ATTEMPT,
    SIGN_IN,
    enter,
    factor_policy,
    go_out,
    keep_attempt,
    known_browser,
    network_of,
    who_asks,
)
from vaguemestre.access.signin.ports import farewell
from vaguemestre.access.signin.rules.paths import safe_next
from vaguemestre.access.signin.values import (
    Asked,
    Attempt,
    Denied,
    Factor,
    Granted,
    Later,
    NumenGiven,
    Shown,
    Step,
)
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.people.credentials.ports import secret_keys


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    who = who_asks(request)
    again = who is not None and "confirmer" in request.GET
    back = safe_next(request.POST.get("next") or request.GET.get("next", "/"))
    if who and not again:
        return HttpResponseRedirect(back)
    if request.method == "GET":
        first = {
            "next": back,
            "identifiant": who.username if who else request.GET.get("identifiant", "")[:254],
            "appareil": who.mine if who else False,
            "partage": who.shared if who else False,
        }
        return _page(request, SignInForm(initial=first), again=again)
    return _tried(request, SignInForm(request.POST), back, Shown(), again=again)


@never_cache
@require_http_methods(["GET", "POST"])
def resume_sign_in(request: HttpRequest) -> HttpResponse:
    """« Un instant… » comes back: what was typed is in the browser's cookie, its work in the form."""
    held = held_form(request, reverse("signin:resume"), secret_keys.get())
    if held is None:
        return HttpResponseRedirect(SIGN_IN)
    back, again = safe_next(held.fields.get("next", "/")), who_asks(request) is not None
    shown = held.shown(request.POST.get("work", ""))
    return let_go(_tried(request, SignInForm(held.fields), back, shown, again=again))


def _tried(request: HttpRequest, form: SignInForm, back: str, shown: Shown, *, again: bool) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, again=again)
    asked = replace(_asked(request, form.cleaned_data), shown=shown)
    if again and (who := who_asks(request)):  # the session stays what it was
        asked = replace(asked, shared=who.shared, mine=who.mine)
    leads_on = settings.CONFIG.academy.numen_at_sign_in
    step = services.begin(
        asked,
        secret_keys.get(),
        now=timezone.now(),
        numen_leads_on=leads_on,
        policy=factor_policy(),
    )
    return _after(request, form, step, back, again=again)


def _after(
    request: HttpRequest, form: SignInForm, step: Step | NumenGiven | Later, back: str, *, again: bool
) -> HttpResponse:
    match step:
        case Later():
            typed = {name: str(form.data.get(name, "")) for name in form.fields}
            return hold_form(
                request, reverse("signin:resume"), {**typed, "next": back}, step, secret_keys.get()
            )
        case Granted():
            return _entered(request, step, back)
        case Attempt(needed=(Factor.PASSKEY,)):
            return _page(request, form, again=again, denied=Denied("signin.passkey-first"))
        case Attempt():
            keep_attempt(request, step, form.cleaned_data["identifiant"], back)
            return HttpResponseRedirect(f"{SIGN_IN}/code")
        case NumenGiven():
            return HttpResponseRedirect("/assistant/?choix=premiere-connexion&numen=1")
        case Denied():
            return _page(request, form, again=again, denied=step)


@never_cache
@require_http_methods(["GET", "POST"])
def give_code(request: HttpRequest) -> HttpResponse:
    kept = request.session.get(KEPT_ATTEMPT)
    if kept is None:
        return HttpResponseRedirect(SIGN_IN)
    attempt = _attempt(kept)
    if request.method == "GET":
        return render(request, "signin/code.html", {"form": CodeForm()})
    form = CodeForm(request.POST)
    if not form.is_valid():
        return render(request, "signin/code.html", {"form": form})
    asked = _asked(
        request,
        {"identifiant": kept["name"], "secret": "", "partage": attempt.shared, "appareil": attempt.mine},
    )
    code = form.cleaned_data["code"]
    step = services.go_on(attempt, code, asked, secret_keys.get(), now=timezone.now())
    match step:
        case Granted():
            return enter(
                request, step.account_id, shared=step.shared, mine=step.mine, back=kept["back"], by=step.by
            )
        case Attempt():
            keep_attempt(request, step, kept["name"], kept["back"])
            return render(request, "signin/code.html", {"form": CodeForm(), "wrong": True})
        case Denied(wait=0):
            request.session.flush()
            return _page(request, SignInForm(initial={"next": kept["back"]}), again=False, denied=step)
        case Denied():
            return render(request, "signin/code.html", {"form": CodeForm(), "denial": _words(step)})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The session ends, here and in the applications entered with it."""
    who = who_asks(request)
    return go_out(
        request, HttpResponseRedirect(farewell.get()(who.session_key) if who else f"{SIGN_IN}?au-revoir=1")
    )


def _entered(request: HttpRequest, step: Granted, back: str) -> HttpResponse:
    return enter(request, step.account_id, shared=step.shared, mine=step.mine, back=back, by=step.by)


def show_denial(request: HttpRequest, denied: Denied, back: str) -> HttpResponse:
    """The sign-in page, saying why another door of it stayed shut."""
    again = who_asks(request) is not None
    return _page(request, SignInForm(initial={"next": back}), again=again, denied=denied)


def _page(
    request: HttpRequest, form: SignInForm, *, again: bool, denied: Denied | None = None
) -> HttpResponse:
    shown = {
        "form": form,
        "again": again,
        "denial": _words(denied) if denied else "",
        "fresh": "nouveau" in request.GET and request.method == "GET",
        "bye": "au-revoir" in request.GET and request.method == "GET",
        "act_words": _act_words(request) if again else "",
    }
    return render(request, "signin/sign_in.html", shown)


def _act_words(request: HttpRequest) -> str:
    """What the proof asked for interrupted, when it says so."""
    who = who_asks(request)
    if who is None:
        return ""
    act = services.held_act(who.session_key, who.account_id, secret_keys.get(), now=timezone.now())
    return act.words if act else ""


def _words(denied: Denied) -> str:
    return sentence(Refusal(denied.reason, wait=duration(denied.wait)))


def _asked(request: HttpRequest, typed: dict[str, Any]) -> Asked:
    browser, accounts = known_browser(request)
    return Asked(
        name=typed["identifiant"],
        secret=typed["secret"],
        network=network_of(request),
        browser=browser,
        browser_accounts=accounts,
        shared=bool(typed["partage"]),
        mine=bool(typed["appareil"]) and not typed["partage"],
    )


def _attempt(kept: dict[str, Any]) -> Attempt:
    return Attempt(
        account_id=kept["account_id"],
        needed=tuple(Factor(factor) for factor in kept["needed"]),
        started=datetime.fromisoformat(kept["started"]),
        shared=kept["shared"],
        failures=kept["failures"],
        mine=kept.get("mine", False),
    )
