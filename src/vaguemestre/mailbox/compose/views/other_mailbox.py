"""Move a draft to another mailbox of its writer."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose import services
from vaguemestre.mailbox.compose.http import answers_json, signed_in_person, writer_for, writer_of
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.people.credentials.queries import presented
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.schools.sharing.http import identity_in_box
from vaguemestre.schools.sharing.queries import access_to
from vaguemestre.schools.sharing.rules.box_rights import box_prefix
from vaguemestre.schools.sharing.values import BoxKind, Right


@require_POST
@signed_in
@answers_json
def hand_over(request: SignedInRequest, key: str) -> HttpResponse:
    """Move the draft to mailbox `box` (0: one's own); answers the new address of the composer."""
    typed, now = request.POST.get("box", ""), timezone.now()
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 10):
        return HttpResponseBadRequest("box")
    box_id = int(typed)
    to = _writer_in_box(signed_in_person(request), box_id, now)
    services.hand_over(writer_of(request), key, to, open_mailbox.get(), now=now)
    page = reverse("compose:compose", args=[key]).removeprefix(get_script_prefix())
    return JsonResponse({"url": f"{box_prefix(box_id) if box_id else '/'}{page}"})


def _writer_in_box(who: Who, box_id: int, now: datetime) -> Writer:
    if not box_id:
        return writer_for(who)
    access = access_to(box_id, who.account_id, now)
    box = presented(access.account_id) if access else None
    if access is None or box is None or access.kind is BoxKind.PERSON or not access.may(Right.SEND):
        raise Refusal("compose.not-your-address", field="identity")
    return writer_for(identity_in_box(who, access, box))
