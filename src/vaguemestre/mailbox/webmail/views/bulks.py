"""Acts on a whole folder or on all that a search found."""

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.webmail.http import mailbox_of, view_of
from vaguemestre.mailbox.webmail.models import BulkRow
from vaguemestre.mailbox.webmail.rules.listing.folders import named
from vaguemestre.mailbox.webmail.services import bulks
from vaguemestre.mailbox.webmail.values import Act
from vaguemestre.mailbox.webmail.views.reminders import moment_asked


@require_POST
@signed_in
def start_bulk(request: SignedInRequest) -> HttpResponse:
    """`acte`, `dossier` (a step), and the parameters of the list's address.

    What some acts want besides: `vers` (a step), `marque`, `quand` with its `jour`.
    """
    act, folder = request.POST.get("acte", ""), named(request.POST.get("dossier", ""))
    if act not in bulks.ACTS or folder is None:
        raise Http404(act)
    now = timezone.now()
    match Act(act):
        case Act.LABEL | Act.UNLABEL:
            to = request.POST.get("marque", "")
        case Act.PUT_OFF:
            to = moment_asked(request, now).isoformat()
        case _:
            to = named(request.POST.get("vers", "")) or ""
    with mailbox_of(request.who) as mailbox:
        row = bulks.start_bulk(
            mailbox,
            request.who.account_id,
            Act(act),
            folder,
            view_of(request.who, request.POST),
            now=now,
            to=to,
        )
    return _told(row)


@require_GET
@signed_in
def show_bulk(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    return _told(bulks.bulk_of(request.who.account_id, bulk_id))


@require_POST
@signed_in
def undo_bulk(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    return _told(bulks.undo_bulk(request.who.account_id, bulk_id, now=timezone.now()))


def _told(row: BulkRow) -> HttpResponse:
    wait = max(0, round((row.due_at - timezone.now()).total_seconds()))
    return JsonResponse(
        {
            "id": row.pk,
            "act": bulks.told_act(row),
            "state": row.state,
            "total": row.total,
            "done": row.done,
            "final": row.is_final,
            "wait": wait,
            "reason": sentence(Refusal(row.reason)) if row.reason else "",
        }
    )
