"""What is done to messages."""

import time
from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.mailbox.webmail.http import mailbox_of, ref_text, refs_in, wants_fragment
from vaguemestre.mailbox.webmail.ports import live_ticket
from vaguemestre.mailbox.webmail.rules.listing.folders import named
from vaguemestre.mailbox.webmail.services import muted_threads
from vaguemestre.mailbox.webmail.services.acts import act_on
from vaguemestre.mailbox.webmail.values import TIMED, Act
from vaguemestre.post.mailstore.values import MessageRef


@require_POST
@signed_in
def act(request: SignedInRequest, act: str) -> HttpResponse:
    """One act on the messages named by `ref`; `to` is the step of a folder when they are moved,
    `mark` the keyword of a label."""
    if act not in set(Act) - TIMED:
        raise Http404(act)
    refs = tuple(dict.fromkeys(refs_in(request.POST)))
    with mailbox_of(request.who) as mailbox:
        to, mark = named(request.POST.get("to", "")) or "", request.POST.get("mark", "")
        done = act_on(mailbox, Act(act), refs, to=to, mark=mark)
        if act in {Act.MUTE, Act.UNMUTE}:
            muted_threads.remember(mailbox, request.who.account_id, request.who.preferences, Act(act), refs)
            revocations.get().bump()  # every worker reads the person's preferences again
    if not wants_fragment(request):
        return HttpResponseRedirect(_back(request, refs))
    return JsonResponse(
        {"moved": [ref_text(ref) for ref in done.moved], "folder": done.folder, "final": done.is_final}
    )


def _back(request: SignedInRequest, refs: Sequence[MessageRef]) -> str:
    """The list, or the attachments whose messages were chosen (`pieces`)."""
    if "pieces" not in request.POST:
        return reverse("webmail:show-folder", args=(refs[0].folder if refs else "INBOX",))
    looked = {name: request.POST[name] for name in ("dossier", "nature", "tri") if name in request.POST}
    return f"{reverse('webmail:list-files')}?{urlencode({**looked, 'fait': len(refs)})}"


@require_POST
@signed_in
def renew_ticket(request: SignedInRequest) -> HttpResponse:
    """A new word for the stream of changes, when the former is over."""
    return JsonResponse(
        {"ticket": live_ticket.get()(request.who.mailbox, request.who.session_key, time.time())}
    )
