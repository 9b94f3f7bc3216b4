"""What a person chooses for reading."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from vaguemestre.signin.http import SignedInRequest, signed_in
from vaguemestre.signin.ports import revocations
from vaguemestre.webmail.http import wants_fragment
from vaguemestre.webmail.services.choices import choose


@require_POST
@signed_in
def save_choices(request: SignedInRequest) -> HttpResponse:
    """Any of `density`, `conversations`, `notices`, `marks_read`."""
    choose(request.who.account_id, {name: str(value) for name, value in request.POST.items()})
    revocations.get().bump()  # every worker reads the person again
    if wants_fragment(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("webmail:inbox"))
