"""« Courrier indésirable »."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.forms.spam import SpamForm
from vaguemestre.mailbox.sorting.views.filters import by


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def spam(request: SignedInRequest) -> HttpResponse:
    """« Courrier indésirable »: junk filing on or off, allowed and denied senders."""
    account_id = request.who.account_id
    form, status, is_saved = SpamForm.of_settings(queries.spam_settings_of(account_id)), 200, False
    if request.method == "POST":
        form = SpamForm(request.POST)
        if form.is_valid():
            event = services.save_spam(account_id, form.spam_settings, by=by(request), now=timezone.now())
            run_now(event)
            form, is_saved = SpamForm.of_settings(form.spam_settings), True
        else:
            status = 422
    context = {
        "form": form,
        "script_status": queries.script_status_of(account_id),
        "is_saved": is_saved,
    }
    return render(request, "sorting/spam.html", context, status=status)
