"""Who has the right to remove messages."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.administrators import actor_of, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.desks.removals import services
from vaguemestre.desks.removals.views.files import list_page
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence


@require_POST
@act_words("donner le droit de retirer des courriels")
@for_recent_administrators
def give(request: SignedInRequest) -> HttpResponse:
    """Give the right to another administrator."""
    username = request.POST.get("username", "")[:254].strip()
    try:
        services.give_right(username, by=actor_of(request), now=timezone.now())
    except Refusal as refusal:
        return list_page(request, sentence(refusal), 422)
    return HttpResponseRedirect(reverse("removals:list") + "?fait=1")


@require_POST
@act_words("retirer le droit de retirer des courriels")
@for_recent_administrators
def withdraw(request: SignedInRequest, account_id: int) -> HttpResponse:
    """Withdraw the right from another administrator."""
    services.withdraw_right(account_id, by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(reverse("removals:list") + "?fait=1")
