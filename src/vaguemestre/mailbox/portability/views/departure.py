"""« Votre départ »: consent to give the new address, early closing of the account."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.portability.views.moves import page
from vaguemestre.people.credentials.events import AccountsChanged
from vaguemestre.people.lifecycle import services
from vaguemestre.people.lifecycle.ports import boxes_owned


@require_POST
@signed_in
def tell_new_address(request: SignedInRequest) -> HttpResponse:
    account_id = request.who.account_id
    try:
        services.set_new_address_shown(
            account_id,
            agrees=request.POST.get("consent") == "yes",
            by=f"account:{account_id}",
            now=timezone.now(),
            delays=settings.CONFIG.lifecycle_delays(),
        )
    except Refusal as refusal:
        return page(request, problem=sentence(refusal), status=409)
    return HttpResponseRedirect(reverse("portability:show"))


@require_POST
@recently_signed_in
@act_words("fermer votre compte")
def leave(request: SignedInRequest) -> HttpResponse:
    """Close the account now, which also ends this session."""
    account_id = request.who.account_id
    try:
        numbers, by = settings.CONFIG.lifecycle_delays(), f"account:{account_id}"
        services.close_early(account_id, boxes_owned.get(), numbers, by=by, now=timezone.now())
    except Refusal as refusal:
        return page(request, problem=sentence(refusal), status=409)
    run_now(AccountsChanged([account_id]))
    return HttpResponseRedirect("/alogin")
