"""A feed given on a page: held unread, and planned by the worker of long jobs."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.administrators import actor_of, for_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.backoffice.forms.feeds import FeedUploadForm
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.intake.services import hold_upload


@require_http_methods(["GET", "POST"])
@for_administrators
@act_words("déposer un import RH")
@within_academy
def upload(request: SignedInRequest) -> HttpResponse:
    """Take a feed from a form. Nothing is applied: the feed waits until its plan is confirmed."""
    form = FeedUploadForm(request.who.office_academy, request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                feed_id = hold_upload(
                    form.academy_id,
                    form.upload,
                    numen_keys.get(),
                    by=actor_of(request),
                    now=timezone.now(),
                )
            except Refusal as refusal:
                form.add_error(None, sentence(refusal))
            else:
                return HttpResponseRedirect(reverse("backoffice:feed", args=[feed_id]))
        status = 422
    return render(request, "backoffice/feed_upload.html", {"form": form}, status=status)
