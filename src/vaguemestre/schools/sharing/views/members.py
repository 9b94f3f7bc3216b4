"""Members added, changed and removed by those who manage the mailbox."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import act_words, recently_signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.forms import MemberForm, NewMemberForm, terms_shown
from vaguemestre.schools.sharing.http import BoxRequest, members_only
from vaguemestre.schools.sharing.values import Right
from vaguemestre.schools.sharing.views.boxes import box_page


@require_POST
@recently_signed_in
@act_words("ouvrir une boîte partagée à quelqu’un")
@members_only(Right.MANAGE)
def add_member(request: BoxRequest) -> HttpResponse:
    form = NewMemberForm(request.POST)
    if not form.is_valid():
        return box_page(request, form=form, status=422)
    try:
        services.add_member(
            request.access.box_id,
            form.cleaned_data["address"],
            form.terms(),
            by=request.who.actor,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return box_page(request, form=form, refusal=refusal, status=422)
    return back_to(request, "membre")


@require_POST
@recently_signed_in
@act_words("changer un droit sur une boîte partagée")
@members_only(Right.MANAGE)
def change_member(request: BoxRequest, member_id: int) -> HttpResponse:
    members = queries.members_of(request.access.box_id, timezone.now())
    shown = next((terms_shown(member) for member in members if member.member_id == member_id), None)
    form = MemberForm(request.POST, initial=shown)
    if not form.is_valid():
        code = "sharing.member-changed-meanwhile" if form.conflicts else "sharing.day-impossible"
        return box_page(request, refusal=Refusal(code), status=422)
    try:
        services.change_member(
            request.access.box_id, member_id, form.terms(), by=request.who.actor, now=timezone.now()
        )
    except Refusal as refusal:
        return box_page(request, refusal=refusal, status=422)
    return back_to(request, "change")


@require_POST
@members_only(Right.MANAGE)
def end_member(request: BoxRequest, member_id: int) -> HttpResponse:
    run_now(services.end_member(request.access.box_id, member_id, by=request.who.actor, now=timezone.now()))
    return back_to(request, "termine")


def back_to(request: BoxRequest, done: str) -> HttpResponseRedirect:
    """Redirect to the page of the mailbox, with a confirmation message."""
    url = reverse("sharing:show-box", args=[request.access.box_id])
    return HttpResponseRedirect(f"{url}?fait={done}")
