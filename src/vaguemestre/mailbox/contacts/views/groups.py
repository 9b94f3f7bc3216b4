"""Forms of groups."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.forms import GroupForm
from vaguemestre.mailbox.contacts.http import redirect_to, requested_book
from vaguemestre.mailbox.contacts.values import AddressBook


@require_http_methods(["GET", "POST"])
@signed_in
def add_group(request: SignedInRequest) -> HttpResponse:
    """Form of a new group."""
    book = requested_book(request)
    form = GroupForm(request.POST or None)
    return _save(request, book, form, None) or _page(request, book, form, None)


@require_http_methods(["GET", "POST"])
@signed_in
def edit_group(request: SignedInRequest, group_id: int) -> HttpResponse:
    """Form of a group."""
    book = requested_book(request)
    group = queries.find_in(book, group_id)
    if group is None or not group.is_group:
        raise Refusal("contacts.gone")
    form = GroupForm(request.POST or None, initial={"name": group.name})
    return _save(request, book, form, group_id) or _page(request, book, form, group_id)


def _save(
    request: SignedInRequest, book: AddressBook, form: GroupForm, group_id: int | None
) -> HttpResponse | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        saved = services.save_group(book, form.cleaned_data["name"], group_id)
    except Refusal as refusal:
        form.add_error("name", sentence(refusal))
        return None
    services.choose_members(book, saved, _posted_member_ids(request))
    return redirect_to(book, "groupe")


def _page(request: SignedInRequest, book: AddressBook, form: GroupForm, group_id: int | None) -> HttpResponse:
    if request.method == "POST":
        member_ids = _posted_member_ids(request)
    else:
        member_ids = {member.id for member in queries.members_in(book, group_id)} if group_id else set()
    contacts = [card for card in queries.contacts_in(book, only="kept") if not card.is_group]
    cards = sorted(contacts, key=lambda card: card.id not in member_ids)  # its members first
    context = {"form": form, "group_id": group_id, "book": book, "cards": cards, "member_ids": member_ids}
    return render(request, "contacts/group.html", context, status=422 if form.errors else 200)


def _posted_member_ids(request: SignedInRequest) -> set[int]:
    return {int(contact_id) for contact_id in request.POST.getlist("member") if contact_id.isdecimal()}
