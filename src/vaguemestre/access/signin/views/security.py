"""« Sécurité »: password, second factors, recovery contact, open sessions."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin import services
from vaguemestre.access.signin.forms import OwnPasswordForm, RenewPasswordForm
from vaguemestre.access.signin.http import (
    SignedInRequest,
    act_words,
    factor_policy,
    recently_signed_in,
    signed_in,
)
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.queries import sessions_of
from vaguemestre.access.signin.views.new_password import is_acceptable
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.ports import numen_words
from vaguemestre.people.credentials.queries import (
    applications_of,
    contacts_of,
    current_key,
    passkeys_of,
    password_context_of,
    recovery_codes_left,
)
from vaguemestre.people.credentials.services import strength_of


@require_GET
@signed_in
def show_security(request: SignedInRequest) -> HttpResponse:
    who = request.who
    context = {
        "sessions": sessions_of(who.account_id, who.session_key, timezone.now()),
        "done": request.GET.get("fait", ""),
        "applications": applications_of(who.account_id),
        "codes_left": recovery_codes_left(who.account_id),
        "is_due": who.role in factor_policy().roles,
        "passkeys": passkeys_of(who.account_id),
        "key": current_key(who.account_id),
        "contacts": contacts_of(who.account_id, timezone.now()),
    }
    return render(request, "signin/security.html", context)


@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("changer votre mot de passe")
def change_password(request: SignedInRequest) -> HttpResponse:
    """Change the password, with a fresh proof: an open page alone does not allow it.

    After it was barred a passkey is no proof: somebody else may have added it. The barred one is asked for.
    """
    form_class = RenewPasswordForm if request.who.must_renew else OwnPasswordForm
    if request.method == "GET":
        return render(request, "signin/change_password.html", {"form": form_class()})
    form = form_class(request.POST)
    account_id = request.who.account_id
    if not is_acceptable(form, account_id):
        return render(request, "signin/change_password.html", {"form": form})
    by = account_subject(account_id)
    now = timezone.now()
    touched = services.change_password(account_id, form.cleaned_data["new_password"], by=by, now=now)
    ends_others = form.cleaned_data.get("end_others", True)
    if ends_others:
        _end_others(request)
    run_now(touched)
    done = "mot-de-passe" if ends_others else "mot-de-passe-seul"
    return HttpResponseRedirect(f"{reverse('signin:security')}?fait={done}")


@require_POST
@signed_in
def judge(request: SignedInRequest) -> HttpResponse:
    """The strength of the password being typed, as JSON."""
    typed = request.POST.get("new_password", "")[:1024]
    strength = strength_of(typed, password_context_of(request.who.account_id, typed, numen_words.get()))
    return JsonResponse({"words": strength.value, "enough": strength.is_enough})


@require_POST
@signed_in
def end_others(request: SignedInRequest) -> HttpResponse:
    _end_others(request)
    page = "signin:activity" if request.POST.get("back") == "activite" else "signin:security"
    return HttpResponseRedirect(f"{reverse(page)}?fait=sessions")


def _end_others(request: SignedInRequest) -> None:
    who = request.who
    run_now(
        services.end_other_sessions(
            who.account_id,
            who.session_key,
            revocations.get(),
            by=account_subject(who.account_id),
            now=timezone.now(),
        )
    )
