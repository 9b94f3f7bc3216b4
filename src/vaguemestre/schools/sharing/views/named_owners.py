"""Owners that administrators named, taken back: an address is easily another's."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.access.signin.offices import reaches
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.views.boxes import vacant_boxes_page


@require_POST
@signed_in
@recently_signed_in
@act_words("reprendre une boîte à qui en a été nommé responsable")
def take_back_owner(request: SignedInRequest, box_id: int, account_id: int) -> HttpResponse:
    """End what an administrator gave by mistake, with its `reason`."""
    box = queries.box_card(box_id)
    if box is None or request.who.role != AccountRole.ADMINISTRATOR or not reaches(request, box.academy_id):
        raise Http404
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        problem = "Dites pourquoi : cela reste au journal."
        return vacant_boxes_page(request, problem=problem, status=422)
    try:
        event = services.take_back_owner(box_id, account_id, reason, by=request.who.actor, now=timezone.now())
    except Refusal as refusal:
        return vacant_boxes_page(request, problem=sentence(refusal), status=422)
    run_now(event)
    return HttpResponseRedirect(f"{reverse('sharing:vacant-boxes')}?fait=repris")
