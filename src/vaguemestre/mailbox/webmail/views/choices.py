"""Reading preferences, labels and saved searches."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.mailbox.webmail.http import wants_fragment
from vaguemestre.mailbox.webmail.services import choices


@require_POST
@signed_in
def save_choices(request: SignedInRequest) -> HttpResponse:
    """Save any of `density`, `conversations`, `notices`, `plain_face`, `boxes`, `marks_read`."""
    choices.save_choices(request.who.account_id, {name: str(value) for name, value in request.POST.items()})
    revocations.get().refresh()  # every worker reloads the user
    if wants_fragment(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("webmail:inbox"))


@require_POST
@signed_in
def change_label(request: SignedInRequest) -> HttpResponse:
    """Create a label, change that of `mark`, or with `remove` stop offering it."""
    who, mark = request.who, request.POST.get("mark", "")
    if "remove" in request.POST:
        choices.drop_label(who.account_id, who.preferences, mark)
    else:
        name, colour = request.POST.get("name", ""), request.POST.get("colour", "")
        mark = choices.save_label(who.account_id, who.preferences, mark, name, colour).keyword
    revocations.get().refresh()
    return JsonResponse({"mark": mark})


@require_POST
@signed_in
def change_search(request: SignedInRequest) -> HttpResponse:
    """Save a search, delete one (`remove`), add a recent one (`used`), or clear those (`forget`)."""
    who, query = request.who, request.POST.get("q", "")
    if "remove" in request.POST:
        choices.drop_search(who.account_id, who.preferences, request.POST["remove"])
    elif "forget" in request.POST:
        choices.forget_searches(who.account_id)
    elif "used" in request.POST:
        choices.remember_search(who.account_id, who.preferences, query)
    else:
        choices.save_search(who.account_id, who.preferences, request.POST.get("name", ""), query)
    revocations.get().refresh()
    return HttpResponse(status=204)
