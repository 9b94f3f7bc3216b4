"""The address book: its list, one card."""

from django.http import HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.forms import ContactForm, FileForm, shown_card
from vaguemestre.mailbox.contacts.http import asked_shelf, back_to
from vaguemestre.mailbox.contacts.rules.photos import fitted
from vaguemestre.mailbox.contacts.values import ContactCard, Shelf

_DONE = {
    "enregistre": "Contact enregistré.",
    "supprime": "Contact supprimé.",
    "groupe": "Groupe enregistré.",
    "groupe-supprime": "Groupe supprimé ; ses contacts restent.",
    "fusionne": "Contacts réunis.",
    "carnet": "Le carnet de l’établissement est ouvert.",
    "droits": "Droits enregistrés.",
}
_KINDS = {"collectes": "collected", "groupes": "groups", "": "kept"}


@require_GET
@signed_in
def list_contacts(request: SignedInRequest) -> HttpResponse:
    shelf, search = asked_shelf(request), request.GET.get("q", "")[:200]
    kind = request.GET.get("vue", "")
    only = "" if search else _KINDS.get(kind, "kept")
    has_book = bool(shelf.account_id or shelf.book_id)
    shown = {
        "contacts": queries.contacts_on(shelf, search, only=only) if has_book else (),
        "shelf": shelf,
        "shelves": queries.shelves_of(request.who.account_id),
        "has_book": has_book,
        "leads": bool(shelf.uai) and queries.leads_book(request.who.account_id, shelf),
        "writers": queries.writers_of(shelf) if shelf.book_id else (),
        "kind": kind if kind in _KINDS else "",
        "search": search,
        "done": _DONE.get(request.GET.get("fait", ""), ""),
        "file_form": FileForm(),
    }
    return render(request, "contacts/list.html", shown)


@require_http_methods(["GET", "POST"])
@signed_in
def add_contact(request: SignedInRequest) -> HttpResponse:
    shelf = asked_shelf(request)
    given = {name: request.GET.get(name, "") for name in ("address", "name", "phone")}
    form = (
        ContactForm(request.POST, request.FILES) if request.method == "POST" else ContactForm(initial=given)
    )
    return _save(request, shelf, form, None) or _card(request, shelf, form, None)


@require_http_methods(["GET", "POST"])
@signed_in
def edit_contact(request: SignedInRequest, contact_id: int) -> HttpResponse:
    shelf = asked_shelf(request)
    card = queries.card_on(shelf, contact_id)
    if card is None:
        raise Refusal("contacts.gone")
    if request.method == "POST":
        form = ContactForm(request.POST, request.FILES, kept=card.photo)
    else:
        form = ContactForm(initial=shown_card(card))
    return _save(request, shelf, form, contact_id) or _card(request, shelf, form, contact_id, card)


@require_POST
@signed_in
def delete_contact(request: SignedInRequest, contact_id: int) -> HttpResponse:
    shelf = asked_shelf(request)
    known = queries.find_on(shelf, contact_id)
    services.delete_on(shelf, contact_id)
    return back_to(shelf, "groupe-supprime" if known and known.is_group else "supprime")


@require_GET
@signed_in
def show_photo(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Made again from its points: a telephone may have put anything there."""
    card = queries.card_on(asked_shelf(request), contact_id)
    try:
        content = fitted(card.photo) if card and card.photo else b""
    except Refusal:
        content = b""
    if not content:
        return HttpResponseNotFound()
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=300"})


def _save(
    request: SignedInRequest, shelf: Shelf, form: ContactForm, contact_id: int | None
) -> HttpResponse | None:
    """A redirection when the card was kept; None when there is something to mend."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        saved = services.save_on(shelf, form.card, contact_id)
    except Refusal as refusal:
        form.add_error("address", sentence(refusal))
        return None
    chosen = request.POST.getlist("groupe")
    if chosen or contact_id:
        services.join_groups(shelf, saved, [int(one) for one in chosen if one.isdecimal()])
    return back_to(shelf, "enregistre")


def _card(
    request: SignedInRequest,
    shelf: Shelf,
    form: ContactForm,
    contact_id: int | None,
    card: ContactCard | None = None,
) -> HttpResponse:
    shown = {
        "form": form,
        "contact_id": contact_id,
        "shelf": shelf,
        "has_photo": bool(card and card.photo),
        "groups": queries.contacts_on(shelf, only="groups"),
        "joined": queries.groups_with(shelf, contact_id) if contact_id else frozenset(),
    }
    return render(request, "contacts/card.html", shown, status=422 if form.errors else 200)
