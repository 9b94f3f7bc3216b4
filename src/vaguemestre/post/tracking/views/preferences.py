"""Sending preferences: « Envoi » in the settings."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.post.outbox import queries, services
from vaguemestre.post.tracking.forms import SendingForm


@require_http_methods(["GET", "POST"])
@signed_in
def edit_preferences(request: SignedInRequest) -> HttpResponse:
    account_id = request.who.account_id
    current = queries.sending_preferences(account_id, undo_seconds=settings.UNDO_SECONDS)
    form = SendingForm(
        request.POST or None,
        initial={"undo_seconds": current.undo_seconds, "quiet_hours": current.offers_quiet_hours},
    )
    if request.method == "POST" and form.is_valid():
        services.save_sending_preferences(account_id, form.preferences())
        return HttpResponseRedirect(f"{reverse('tracking:sending')}?fait=1")
    context = {"form": form, "done": "fait" in request.GET, "hours": settings.CONFIG.sending}
    return render(request, "tracking/sending.html", context, status=422 if form.errors else 200)
