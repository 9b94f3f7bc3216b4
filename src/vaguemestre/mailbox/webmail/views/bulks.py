"""Bulk actions, on a whole folder or on all results of a search."""

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.webmail.http import mailbox_of, view_of
from vaguemestre.mailbox.webmail.models import BulkRow
from vaguemestre.mailbox.webmail.rules.listing.folders import folder_of_slug
from vaguemestre.mailbox.webmail.services import bulks
from vaguemestre.mailbox.webmail.values import Action, BulkState
from vaguemestre.mailbox.webmail.views.reminders import chosen_moment


@require_POST
@signed_in
def start_bulk(request: SignedInRequest) -> HttpResponse:
    """Start `act` on `folder` (a slug), limited by the URL parameters of the list.

    Some actions also take `to` (a slug), `mark`, or `when` with `day`.
    """
    act, folder = request.POST.get("act", ""), folder_of_slug(request.POST.get("folder", ""))
    if act not in bulks.ACTIONS or folder is None:
        raise Http404(act)
    now = timezone.now()
    match Action(act):
        case Action.LABEL | Action.UNLABEL:
            to = request.POST.get("mark", "")
        case Action.SNOOZE:
            to = chosen_moment(request, now).isoformat()
        case _:
            to = folder_of_slug(request.POST.get("to", "")) or ""
    with mailbox_of(request.who) as mailbox:
        row = bulks.start_bulk(
            mailbox,
            request.who.account_id,
            Action(act),
            folder,
            view_of(request.who, request.POST),
            now=now,
            to=to,
        )
    return _bulk_json(row)


@require_GET
@signed_in
def show_bulk(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    """Progress of a bulk action."""
    return _bulk_json(bulks.bulk_of(request.who.account_id, bulk_id))


@require_POST
@signed_in
def undo_bulk(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    """Undo a bulk action; progress of the one that does."""
    return _bulk_json(bulks.undo_bulk(request.who.account_id, bulk_id, now=timezone.now()))


def _bulk_json(row: BulkRow) -> HttpResponse:
    wait = max(0, round((row.due_at - timezone.now()).total_seconds()))
    return JsonResponse(
        {
            "id": row.pk,
            "act": bulks.displayed_action(row),
            "state": row.state,
            "total": row.total,
            "done": row.done,
            "final": row.is_final,
            "wait": wait,
            "reason": _reason(row),
        }
    )


def _reason(row: BulkRow) -> str:
    """Why it failed, or after a space what else it did."""
    if not row.reason:
        return ""
    return f"{'' if row.state == BulkState.FAILED else ' '}{sentence(Refusal(row.reason))}"
