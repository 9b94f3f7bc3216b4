"""A member's own app passwords on a shared mailbox."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import act_words, recently_signed_in
from vaguemestre.access.signin.shown_once import redirect_to_secret
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.provisioning.ports import connections
from vaguemestre.schools.sharing import services
from vaguemestre.schools.sharing.forms import AppPasswordForm
from vaguemestre.schools.sharing.http import BoxRequest, members_only
from vaguemestre.schools.sharing.values import Right
from vaguemestre.schools.sharing.views.boxes import box_page
from vaguemestre.schools.sharing.views.members import back_to


@require_POST
@recently_signed_in
@act_words("créer un mot de passe d’application")
@members_only(Right.SEND)
def create_app_password(request: BoxRequest) -> HttpResponse:
    """Create an app password, shown once on the page of the mailbox."""
    form = AppPasswordForm(request.POST)
    if not form.is_valid():
        return box_page(request, password_form=form, status=422)
    password = services.create_member_password(
        request.access,
        request.who.account_id,
        form.cleaned_data["name"],
        by=request.who.actor,
        now=timezone.now(),
    )
    run_now(AccountChanged(request.access.account_id))
    page = reverse("sharing:show-box", args=[request.access.box_id])
    return redirect_to_secret(request, f"{page}#app-passwords", password, secret_keys.get())


@require_POST
@members_only(Right.READ)
def revoke_app_password(request: BoxRequest, number: int) -> HttpResponse:
    """Revoke an app password and close the connections it opened."""
    is_done = services.revoke_member_password(
        request.access, request.who.account_id, number, by=request.who.actor, now=timezone.now()
    )
    if run_now(AccountChanged(request.access.account_id)):
        connections.get().cut(request.access.mailbox)
    return back_to(request, "revoque" if is_done else "")
