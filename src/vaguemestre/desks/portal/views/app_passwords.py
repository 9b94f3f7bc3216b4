"""« Appareils et mots de passe d'application »: app passwords of mail clients."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.access.signin.shown_once import forget_secret, redirect_to_secret, secret_to_show
from vaguemestre.desks.portal import services
from vaguemestre.desks.portal.forms import AppPasswordForm
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.ui.academy import domain_of
from vaguemestre.mailbox.autoconfig.http import offered
from vaguemestre.mailbox.autoconfig.services import make_app_password
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import app_passwords_of, class_of_account
from vaguemestre.people.credentials.values import AppPasswordScope
from vaguemestre.people.provisioning.ports import connections
from vaguemestre.people.service_classes.labels_fr import closed_to_programs


@require_GET
@signed_in
def list_app_passwords(request: SignedInRequest) -> HttpResponse:
    return forget_secret(request, _page(request, AppPasswordForm()))


@require_POST
@recently_signed_in
@act_words("créer un mot de passe d’application")
def create_app_password(request: SignedInRequest) -> HttpResponse:
    """Create an app password, shown once on the page that follows."""
    form = AppPasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    account_id, name = request.who.account_id, form.cleaned_data["name"]
    now = timezone.now()
    app_password = make_app_password(
        account_id,
        name,
        by=account_subject(account_id),
        now=now,
        scope=AppPasswordScope(form.cleaned_data["scope"] or AppPasswordScope.MAIL),
        life=form.cleaned_data["lifetime"],
    )
    is_ready = run_now(AccountChanged(account_id))
    run_now(app_password.touched)
    query = f"nouveau={app_password.number}{'' if is_ready else '&attend=1'}"
    page = f"{reverse('portal:app-passwords')}?{query}"
    return redirect_to_secret(request, page, app_password.text, secret_keys.get())


@require_POST
@signed_in
def revoke_app_password(request: SignedInRequest, number: int) -> HttpResponse:
    """Revoke an app password and close the connections it opened."""
    account_id = request.who.account_id
    now, page = timezone.now(), reverse("portal:app-passwords")
    is_done = services.revoke_app_password(account_id, number, by=account_subject(account_id), now=now)
    if run_now(AccountChanged(account_id)):
        connections.get().cut(request.who.mailbox)
    # another's, or revoked before: nothing is said to be done
    return HttpResponseRedirect(f"{page}?fait=revoque" if is_done else page)


def _page(request: SignedInRequest, form: AppPasswordForm) -> HttpResponse:
    held = class_of_account(request.who.account_id)
    app_passwords, secret = (
        app_passwords_of(request.who.account_id),
        secret_to_show(request, secret_keys.get()),
    )
    number = request.GET.get("nouveau", "")
    context = {
        "class_name": held.name if held else "",
        "closed": closed_to_programs(held.limits) if held else "",
        "form": form,
        "app_passwords": app_passwords,
        "new": next((one for one in app_passwords if secret and str(one.app_password_id) == number), None),
        "secret": secret,
        "is_ready": "attend" not in request.GET,
        "offer": offered(domain_of(request)),
        "address": request.who.address,
        "now": timezone.now(),
        "revoked": request.GET.get("fait") == "revoque",
    }
    return render(request, "portal/app_passwords.html", context)
