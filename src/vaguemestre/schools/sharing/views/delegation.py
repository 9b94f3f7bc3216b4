"""« Délégation »: one's own mailbox delegated to colleagues, and their activity in it."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.forms import DelegationForm
from vaguemestre.schools.sharing.rules.labels_fr import RIGHT_DESCRIPTIONS, RIGHT_LABELS
from vaguemestre.schools.sharing.views.candidates import agents_meant, words_of

_DONE = {
    "confiee": "Boîte confiée : votre collègue la trouve dans sa messagerie, sous « Boîtes partagées ».",
    "reprise": "Délégation terminée : ce qui était ouvert est fermé.",
}


@require_GET
@signed_in
def show_delegation(request: SignedInRequest) -> HttpResponse:
    return _page(request, DelegationForm(initial={"starts_on": paris_day(timezone.now())}))


@require_POST
@recently_signed_in
@act_words("ouvrir votre boîte à quelqu’un")
def delegate_mailbox(request: SignedInRequest) -> HttpResponse:
    form = DelegationForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        services.delegate_mailbox(
            request.who.account_id,
            form.cleaned_data["address"],
            form.terms(),
            inbox_only=form.cleaned_data["scope"] == "inbox",
            by=request.who.actor,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, form, refusal=refusal, status=422)
    return _back("confiee")


@require_POST
@signed_in
def end_delegation(request: SignedInRequest, member_id: int) -> HttpResponse:
    run_now(
        services.end_delegation(request.who.account_id, member_id, by=request.who.actor, now=timezone.now())
    )
    return _back("reprise")


def _page(
    request: SignedInRequest, form: DelegationForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    box_id = queries.box_id_of_account(request.who.account_id)
    members = queries.members_of(box_id, now) if box_id else []
    candidates = agents_meant(request, refusal)
    context = {
        "delegations": [
            (member, RIGHT_LABELS[member.right], RIGHT_DESCRIPTIONS[member.right]) for member in members
        ],
        "activities": queries.activity_of(box_id, limit=100) if box_id else [],
        "form": form,
        "error": words_of(refusal, candidates),
        "candidates": candidates,
        "done": _DONE.get(request.GET.get("fait", ""), ""),
    }
    return render(request, "sharing/delegation.html", context, status=status)


def _back(done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('sharing:delegation')}?fait={done}")
