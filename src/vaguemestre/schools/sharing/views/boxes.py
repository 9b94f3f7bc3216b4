"""The list of one's shared mailboxes, and the page of one: members, history, app passwords."""

from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.shown_once import forget_secret, secret_to_show
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.academy import domain_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import app_passwords_of_holder
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.schools.sharing import queries
from vaguemestre.schools.sharing.forms import (
    AppPasswordForm,
    BoxRequestForm,
    MemberForm,
    NewMemberForm,
    terms_shown,
)
from vaguemestre.schools.sharing.http import BoxRequest, members_only
from vaguemestre.schools.sharing.rules.labels_fr import KIND_LABELS, RIGHT_DESCRIPTIONS, RIGHT_LABELS
from vaguemestre.schools.sharing.values import BoxKind, Right
from vaguemestre.schools.sharing.views.candidates import agents_meant, words_of

_DONE = {
    "membre": "Membre ajouté : il trouve la boîte dans sa messagerie, sous « Boîtes partagées ».",
    "membres": "Membres ajoutés : ils trouvent la boîte dans leur messagerie, sous « Boîtes partagées ».",
    "change": "Droits enregistrés.",
    "termine": "Accès terminé : ce qui était ouvert est fermé, ce qui était pris en charge est rendu.",
    "revoque": "Mot de passe révoqué.",
    "demande": "Demande envoyée aux administrateurs.",
    "ouverte": "Boîte ouverte.",
    "refusee": "Demande refusée.",
    "responsable": "Responsable nommé.",
    "repris": "Cette personne n’est plus responsable : la boîte attend quelqu’un d’autre.",
}


@require_GET
@signed_in
def list_boxes(request: SignedInRequest) -> HttpResponse:
    return boxes_page(request, BoxRequestForm())


def boxes_page(
    request: SignedInRequest,
    form: BoxRequestForm,
    *,
    refusal: Refusal | None = None,
    problem: str = "",
    is_asking: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The list page: mailboxes and own requests; for administrators, the pending requests too.

    `is_asking`: the form that asks for a mailbox is open; `problem`: why a request was not decided.
    """
    domain, now = domain_of(request), timezone.now()
    context: dict[str, Any] = {
        "boxes": [
            (box, RIGHT_LABELS[box.right], KIND_LABELS[box.kind])
            for box in queries.boxes_of(request.who.account_id, now)
        ],
        "form": form,
        "is_asking": is_asking,
        "error": sentence(refusal) if refusal else "",
        "own_requests": queries.requests_of(request.who.account_id),
        "done": _DONE.get(request.GET.get("fait", ""), ""),
        "domain": domain,
    }
    if request.who.role == AccountRole.ADMINISTRATOR:
        academy_id = request.who.office_academy
        listing = Listing.of(request.GET, ("age",))
        pending, count = queries.pending_requests(academy_id, first=listing.first, count=listing.count)
        context |= {
            "is_administrator": True,
            "problem": problem,
            "pending": pending,
            "pending_count": count,
            "listing": listing,
            "vacant_count": queries.boxes_without_owner(academy_id, now, count=0)[1],
        }
    return render(request, "sharing/list.html", context, status=status)


@require_GET
@signed_in
def list_vacant_boxes(request: SignedInRequest) -> HttpResponse:
    """For administrators: the vacant mailboxes, with search and pages."""
    if request.who.role != AccountRole.ADMINISTRATOR:
        raise Http404
    return vacant_boxes_page(request)


def vacant_boxes_page(
    request: SignedInRequest, *, box_id: int = 0, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page of vacant mailboxes. `problem`: why the owner typed for `box_id` was refused."""
    domain = domain_of(request)
    listing = Listing.of(request.GET, ("titre",))
    rows, total = queries.boxes_without_owner(
        request.who.office_academy,
        timezone.now(),
        search=listing.search,
        first=listing.first,
        count=listing.count,
    )
    context = {
        "rows": rows,
        "total": total,
        "typed": listing.search,
        "listing": listing,
        "domain": domain,
        "done": _DONE.get(request.GET.get("fait", ""), ""),
        "owner_error": problem,
        "named": queries.owners_named_lately(request.who.office_academy, timezone.now()),
        "wrong_box": box_id,
        "wrong_address": request.POST.get("address", "")[:254],
    }
    return render(request, "sharing/vacant.html", context, status=status)


@require_GET
@members_only(Right.READ)
def show_box(request: BoxRequest) -> HttpResponse:
    return forget_secret(request, box_page(request, new_password=secret_to_show(request, secret_keys.get())))


def box_page(
    request: BoxRequest,
    *,
    form: Form | None = None,
    refusal: Refusal | None = None,
    new_password: str = "",
    password_form: AppPasswordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one mailbox. `new_password`: an app password just created, shown this once."""
    now, access = timezone.now(), request.access
    candidates = agents_meant(request, refusal)
    context = {
        "access": access,
        "right": RIGHT_LABELS[access.right],
        "right_description": RIGHT_DESCRIPTIONS[access.right],
        "kind": KIND_LABELS[access.kind],
        "may_manage": access.may(Right.MANAGE),
        "may_write": access.may(Right.SEND),
        "is_lent": access.kind is BoxKind.PERSON,
        "members": [
            (member, RIGHT_LABELS[member.right], MemberForm(initial=terms_shown(member)).shown)
            for member in queries.members_of(access.box_id, now)
        ],
        "rights": [(right.value, RIGHT_LABELS[right]) for right in Right],
        "history": queries.history_of(access.box_id),
        "form": form or NewMemberForm(initial={"starts_on": paris_day(now)}),
        "error": words_of(refusal, candidates),
        "candidates": candidates,
        "app_passwords": app_passwords_of_holder(access.account_id, request.who.account_id),
        "new_password": new_password,
        "password_form": password_form or AppPasswordForm(),
        "done": _DONE.get(request.GET.get("fait", ""), ""),
        "here": f"/boites/{access.box_id}/",
    }
    return render(request, "sharing/box.html", context, status=status)
