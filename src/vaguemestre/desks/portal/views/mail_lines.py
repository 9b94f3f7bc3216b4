"""The lines above the mail: what is to be read without delay, one's absence, mail that is held."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.desks.portal.views.announcements import show_urgent
from vaguemestre.mailbox.sorting.views.absences import show_banner as show_absence
from vaguemestre.post.tracking.views import show_banner as show_held

_LINES = (show_urgent, show_absence, show_held)


@require_GET
@signed_in
def show_lines(request: SignedInRequest) -> HttpResponse:
    """All of them in one answer: a mail page asks for as little as it can."""
    return HttpResponse(b"".join(show(request).content for show in _LINES))
