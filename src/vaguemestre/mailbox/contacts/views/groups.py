"""Groups of a book."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.forms import GroupForm
from vaguemestre.mailbox.contacts.http import asked_shelf, back_to
from vaguemestre.mailbox.contacts.values import Shelf


@require_http_methods(["GET", "POST"])
@signed_in
def add_group(request: SignedInRequest) -> HttpResponse:
    shelf = asked_shelf(request)
    form = GroupForm(request.POST or None)
    return _save(request, shelf, form, None) or _page(request, shelf, form, None)


@require_http_methods(["GET", "POST"])
@signed_in
def edit_group(request: SignedInRequest, group_id: int) -> HttpResponse:
    shelf = asked_shelf(request)
    known = queries.find_on(shelf, group_id)
    if known is None or not known.is_group:
        raise Refusal("contacts.gone")
    form = GroupForm(request.POST or None, initial={"name": known.name})
    return _save(request, shelf, form, group_id) or _page(request, shelf, form, group_id)


def _save(
    request: SignedInRequest, shelf: Shelf, form: GroupForm, group_id: int | None
) -> HttpResponse | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        saved = services.save_group(shelf, form.cleaned_data["name"], group_id)
    except Refusal as refusal:
        form.add_error("name", sentence(refusal))
        return None
    chosen = [int(one) for one in request.POST.getlist("membre") if one.isdecimal()]
    services.choose_members(shelf, saved, chosen)
    return back_to(shelf, "groupe")


def _page(request: SignedInRequest, shelf: Shelf, form: GroupForm, group_id: int | None) -> HttpResponse:
    chosen = {member.id for member in queries.members_on(shelf, group_id)} if group_id else set()
    if request.method == "POST":
        chosen = {int(one) for one in request.POST.getlist("membre") if one.isdecimal()}
    cards = [card for card in queries.contacts_on(shelf, only="kept") if not card.is_group]
    shown = {"form": form, "group_id": group_id, "shelf": shelf, "cards": cards, "chosen": chosen}
    return render(request, "contacts/group.html", shown, status=422 if form.errors else 200)
