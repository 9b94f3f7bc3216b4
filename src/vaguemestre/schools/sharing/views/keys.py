"""A member's own mail programs on a shared mailbox."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import recently_signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.provisioning.ports import connections
from vaguemestre.schools.sharing import services
from vaguemestre.schools.sharing.forms import KeyForm
from vaguemestre.schools.sharing.http import BoxRequest, member
from vaguemestre.schools.sharing.values import Right
from vaguemestre.schools.sharing.views.boxes import box_page
from vaguemestre.schools.sharing.views.members import back_to


@require_POST
@recently_signed_in
@member(Right.SEND)
def make_key(request: BoxRequest) -> HttpResponse:
    """The password is on the page that answers, and nowhere else ever."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return box_page(request, key_form=form, status=422)
    key = services.make_key(
        request.access,
        request.who.account_id,
        form.cleaned_data["nom"],
        by=request.who.actor,
        now=timezone.now(),
    )
    run_now(AccountChanged(request.access.account_id))
    return box_page(request, key=key)


@require_POST
@member(Right.READ)
def revoke_key(request: BoxRequest, number: int) -> HttpResponse:
    """It opens nothing any more, and what it had opened is closed."""
    services.revoke_key(
        request.access, request.who.account_id, number, by=request.who.actor, now=timezone.now()
    )
    if run_now(AccountChanged(request.access.account_id)):
        connections.get().cut(request.access.mailbox)
    return back_to(request, "revoque")
