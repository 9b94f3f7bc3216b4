"""Passkeys: registered on the security page, used on the sign-in page, by ordinary forms."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin import services
from vaguemestre.access.signin.forms import PasskeyForm
from vaguemestre.access.signin.http import (
    SIGN_IN,
    SignedInRequest,
    act_words,
    network_of,
    recently_signed_in,
    start_session,
    who_asks,
)
from vaguemestre.access.signin.rules.paths import safe_next
from vaguemestre.access.signin.values import Granted, LoginAttempt
from vaguemestre.access.signin.views.sign_in import show_denial
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import public_keys_of
from vaguemestre.people.credentials.rules.passkeys import (
    Ceremony,
    Party,
    begin_authentication,
    begin_registration,
    party_at,
)

_CREATION, _ASSERTION = "passkey-made", "passkey-used"  # keys of the session
_LIFETIME = timedelta(minutes=5)


@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("ajouter une clé d’accès")
def add(request: SignedInRequest) -> HttpResponse:
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account_id, now = request.who.account_id, timezone.now()
        typed = form.cleaned_data
        try:
            state = _take_challenge(request, _CREATION).state
            answer, name = typed["response"], typed["name"]
            touched = services.register_passkey(account_id, _party(request), state, answer, name, now=now)
        except Refusal as refusal:
            form.add_error("name", sentence(refusal))
        else:
            run_now(touched)
            return HttpResponseRedirect(f"{reverse('signin:security')}?fait=cle")
    return render(request, "signin/passkey.html", {"form": form})


@require_POST
@recently_signed_in
@act_words("ajouter une clé d’accès")
def creation_options(request: SignedInRequest) -> HttpResponse:
    who = request.who
    passkeys = public_keys_of(who.account_id)
    return _options_response(
        request,
        _CREATION,
        begin_registration(_party(request), mailbox=who.mailbox, shown=who.name, registered=passkeys),
    )


@require_POST
@recently_signed_in
@act_words("retirer une clé d’accès")
def remove(request: SignedInRequest, number: int) -> HttpResponse:
    account_id, now = request.who.account_id, timezone.now()
    run_now(services.drop_passkey(account_id, number, now=now))
    return HttpResponseRedirect(f"{reverse('signin:security')}?fait=cle-retiree")


@never_cache
@require_POST
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """WebAuthn options for anyone: they name no account, so they reveal none."""
    if who_asks(request) is None:
        request.session.set_expiry(0)
    return _options_response(request, _ASSERTION, begin_authentication(_party(request)))


@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    back = safe_next(request.POST.get("next", "/"))
    shared = bool(request.POST.get("shared"))
    mine = bool(request.POST.get("own_device")) and not shared
    attempt = LoginAttempt(name="", secret="", network=network_of(request), shared=shared, mine=mine)
    try:
        challenge = _take_challenge(request, _ASSERTION)
    except Refusal:
        return HttpResponseRedirect(SIGN_IN)
    answer = request.POST.get("response", "")[:20_000]
    state, asked_at, now = challenge.state, challenge.asked_at, timezone.now()
    step = services.sign_in_by_passkey(attempt, _party(request), state, answer, asked_at=asked_at, now=now)
    if isinstance(step, Granted):
        return start_session(request, step, back=back)
    return show_denial(request, step, back)


def _party(request: HttpRequest) -> Party:
    """The relying party of this host: a passkey of one host is useless on another (WebAuthn §5.1.2)."""
    academy = settings.CONFIG.academy_on(request.META.get("HTTP_HOST", ""))
    return party_at(academy.public_url or settings.CONFIG.public_url, academy.name)


def _options_response(request: HttpRequest, name: str, ceremony: Ceremony) -> JsonResponse:
    request.session[name] = {"state": dict(ceremony.state), "asked_at": timezone.now().isoformat()}
    return JsonResponse(dict(ceremony.options))


class _Challenge(NamedTuple):
    """The state of a ceremony, and when its challenge was drawn."""

    state: dict[str, Any]
    asked_at: datetime


def _take_challenge(request: HttpRequest, name: str) -> _Challenge:
    """Take the ceremony out of the session. Raises Refusal `credentials.passkey-refused`."""
    stored = request.session.pop(name, None)
    asked_at = datetime.fromisoformat(stored["asked_at"]) if stored else timezone.now() - _LIFETIME
    if not stored or timezone.now() >= asked_at + _LIFETIME:
        raise Refusal("credentials.passkey-refused")
    return _Challenge(stored["state"], asked_at)
