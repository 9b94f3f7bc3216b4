"""Actions on messages."""

import time
from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.webmail.http import mailbox_of, parse_refs, ref_text, wants_fragment
from vaguemestre.mailbox.webmail.ports import live_ticket, unschedule
from vaguemestre.mailbox.webmail.rules.listing.folders import folder_of_slug
from vaguemestre.mailbox.webmail.services import muted_threads
from vaguemestre.mailbox.webmail.services.actions import LEAVING_ACTIONS, UNSCHEDULED, apply_action
from vaguemestre.mailbox.webmail.values import SNOOZE_ACTIONS, Action
from vaguemestre.post.mailstore.values import Flag, MessageRef


@require_POST
@signed_in
def act_on_messages(request: SignedInRequest, act: str) -> HttpResponse:
    """Apply an action to the messages `ref`. `to`: slug of the target folder; `mark`: keyword of a label."""
    if act not in set(Action) - SNOOZE_ACTIONS:
        raise Http404(act)
    refs = tuple(dict.fromkeys(parse_refs(request.POST)))
    with mailbox_of(request.who) as mailbox:
        to, mark = folder_of_slug(request.POST.get("to", "")) or "", request.POST.get("mark", "")
        result = apply_action(mailbox, Action(act), refs, to=to, mark=mark)
        is_unscheduled = act in LEAVING_ACTIONS and unschedule.get()(
            request.who.account_id, refs, by=request.who.actor, now=timezone.now()
        )
        if is_unscheduled:
            mailbox.flag(result.moved, (), (Flag.SCHEDULED,))
        if act in {Action.MUTE, Action.UNMUTE}:
            muted_threads.remember_thread(
                mailbox, request.who.account_id, request.who.preferences, Action(act), refs
            )
            revocations.get().refresh()  # every worker reloads the user's preferences
    if not wants_fragment(request):
        return HttpResponseRedirect(_return_address(request, refs))
    return JsonResponse(
        {
            "moved": [ref_text(ref) for ref in result.moved],
            "folder": result.folder,
            "final": result.is_final,
            "more": f" {sentence(Refusal(UNSCHEDULED))}" if is_unscheduled else "",
        }
    )


def _return_address(request: SignedInRequest, refs: Sequence[MessageRef]) -> str:
    """URL of the list, or of the attachments if the form comes from there (`pieces`)."""
    if "pieces" not in request.POST:
        return reverse("webmail:show-folder", args=(refs[0].folder if refs else "INBOX",))
    params = {name: request.POST[name] for name in ("dossier", "nature", "tri") if name in request.POST}
    return f"{reverse('webmail:list-attachments')}?{urlencode({**params, 'fait': len(refs)})}"


@require_POST
@signed_in
def renew_ticket(request: SignedInRequest) -> HttpResponse:
    """A new ticket for the event stream, once the former has expired."""
    return JsonResponse(
        {"ticket": live_ticket.get()(request.who.mailbox, request.who.session_key, time.time())}
    )
