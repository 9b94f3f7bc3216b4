"""My shared mailboxes; one of them: its members, its story, my mail programs."""

from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import app_passwords_held
from vaguemestre.people.directory.queries import find_academy_id
from vaguemestre.schools.sharing import queries
from vaguemestre.schools.sharing.forms import AskForm, KeyForm, NewMemberForm
from vaguemestre.schools.sharing.http import BoxRequest, member
from vaguemestre.schools.sharing.rules.words import GIVES, KINDS, RIGHTS
from vaguemestre.schools.sharing.values import Kind, Right

_DONE = {
    "membre": "Membre ajouté : il trouve la boîte dans sa messagerie, sous « Boîtes partagées ».",
    "change": "Droits enregistrés.",
    "termine": "Accès terminé : ce qu’il avait ouvert est fermé.",
    "revoque": "Mot de passe révoqué.",
    "demande": "Demande envoyée aux administrateurs.",
    "ouverte": "Boîte ouverte.",
    "refusee": "Demande refusée.",
    "responsable": "Responsable nommé.",
}


@require_GET
@signed_in
def list_boxes(request: SignedInRequest) -> HttpResponse:
    return boxes_page(request, AskForm())


def boxes_page(
    request: SignedInRequest,
    form: AskForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """What one may open, what one asked for; for administrators, what waits for them."""
    domain, now = settings.CONFIG.academy.domain, timezone.now()
    shown: dict[str, object] = {
        "boxes": [
            (one, RIGHTS[one.right], KINDS[one.kind]) for one in queries.boxes_of(request.who.account_id, now)
        ],
        "form": form,
        "error": sentence(refusal) if refusal else "",
        "asked": queries.requests_of(request.who.account_id, domain),
        "done": _DONE.get(request.GET.get("fait", ""), ""),
        "domain": domain,
    }
    if request.who.role == "administrator":
        academy_id = find_academy_id(domain)
        listing = Listing.of(request.GET, ("age",))
        waiting, count = queries.requests_waiting(
            academy_id, domain, first=listing.first, count=listing.count
        )
        shown |= {
            "is_administrator": True,
            "waiting": waiting,
            "waiting_count": count,
            "listing": listing,
            "vacant_count": queries.boxes_without_owner(academy_id, now, count=0)[1],
        }
    return render(request, "sharing/list.html", shown, status=status)


@require_GET
@signed_in
def list_vacant_boxes(request: SignedInRequest) -> HttpResponse:
    """For administrators: the mailboxes nobody owns, searched and by pages."""
    if request.who.role != "administrator":
        raise Http404
    return vacant_boxes_page(request)


def vacant_boxes_page(
    request: SignedInRequest, *, box_id: int = 0, problem: str = "", status: int = 200
) -> HttpResponse:
    """`problem`: why the owner typed for that box was refused; what was typed stays."""
    domain = settings.CONFIG.academy.domain
    typed = request.GET.get("q", "").strip()[:80]
    listing = Listing.of(request.GET, ("titre",))
    rows, total = queries.boxes_without_owner(
        find_academy_id(domain), timezone.now(), search=typed, first=listing.first, count=listing.count
    )
    shown = {
        "rows": rows,
        "total": total,
        "typed": typed,
        "listing": listing,
        "domain": domain,
        "done": _DONE.get(request.GET.get("fait", ""), ""),
        "owner_error": problem,
        "wrong_box": box_id,
        "wrong_address": request.POST.get("adresse", "")[:254],
    }
    return render(request, "sharing/vacant.html", shown, status=status)


@require_GET
@member(Right.READ)
def show_box(request: BoxRequest) -> HttpResponse:
    return box_page(request)


def box_page(
    request: BoxRequest,
    *,
    form: Form | None = None,
    refusal: Refusal | None = None,
    key: str = "",
    key_form: KeyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """`key`: a password just made, shown on this page only."""
    now, access = timezone.now(), request.access
    shown = {
        "access": access,
        "right": RIGHTS[access.right],
        "gives": GIVES[access.right],
        "kind": KINDS[access.kind],
        "may_manage": access.may(Right.MANAGE),
        "may_write": access.may(Right.SEND),
        "is_lent": access.kind is Kind.PERSON,
        "members": [(one, RIGHTS[one.right]) for one in queries.members_of(access.box_id, now)],
        "rights": [(right.value, RIGHTS[right]) for right in Right],
        "story": queries.history_of(access.box_id),
        "form": form or NewMemberForm(initial={"debut": paris_day(now)}),
        "error": sentence(refusal) if refusal else "",
        "keys": app_passwords_held(access.account_id, request.who.account_id),
        "key": key,
        "key_form": key_form or KeyForm(),
        "done": _DONE.get(request.GET.get("fait", ""), ""),
        "here": f"/boites/{access.box_id}/",
    }
    return render(request, "sharing/box.html", shown, status=status)
