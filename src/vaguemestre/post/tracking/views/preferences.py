"""« Envoi » among the settings."""

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
def set_sending(request: SignedInRequest) -> HttpResponse:
    account_id = request.who.account_id
    now = queries.sending_of(account_id, undo_seconds=settings.UNDO_SECONDS)
    form = SendingForm(
        request.POST or None, initial={"annulation": now.undo_seconds, "heures": now.offers_quiet_hours}
    )
    if request.method == "POST" and form.is_valid():
        services.prefer_sending(account_id, form.chosen())
        return HttpResponseRedirect(f"{reverse('tracking:sending')}?fait=1")
    hours = settings.CONFIG.sending
    shown = {"form": form, "done": "fait" in request.GET, "hours": hours}
    return render(request, "tracking/sending.html", shown, status=422 if form.errors else 200)
