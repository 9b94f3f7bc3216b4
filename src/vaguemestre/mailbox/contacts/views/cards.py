"""List of an address book, and one card."""

from django.http import HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.forms import ContactForm, FileForm, initial_fields
from vaguemestre.mailbox.contacts.http import redirect_to, requested_book
from vaguemestre.mailbox.contacts.ports import FileReaderBusy, draw_photo
from vaguemestre.mailbox.contacts.rules.cards import birthday_fr, dialled_number
from vaguemestre.mailbox.contacts.values import AddressBook, ContactCard, ContactSummary

_NOTICES = {
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
    """List of the book: `?vue=` contacts, groups or collected addresses; `?q=` searches all."""
    book, search = requested_book(request), request.GET.get("q", "")[:200]
    kind = request.GET.get("vue", "")
    only = "" if search else _KINDS.get(kind, "kept")
    has_book = bool(book.account_id or book.book_id)
    context = {
        "contacts": queries.contacts_in(book, search, only=only) if has_book else (),
        "book": book,
        "books": queries.books_of(request.who.account_id),
        "has_book": has_book,
        "is_head": bool(book.uai) and queries.is_book_head(request.who.account_id, book),
        "writers": queries.writers_of(book) if book.book_id else (),
        "kind": kind if kind in _KINDS else "",
        "search": search,
        "notice": _NOTICES.get(request.GET.get("fait", ""), ""),
        "file_form": FileForm(),
    }
    return render(request, "contacts/list.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def add_contact(request: SignedInRequest) -> HttpResponse:
    """Form of a new card."""
    book = requested_book(request)
    initial = {name: request.GET.get(name, "") for name in ("address", "name", "phone")}
    if request.method == "POST":
        form = ContactForm(request.POST, request.FILES, draw=_drawn_photo)
    else:
        form = ContactForm(initial=initial)
    return _save(request, book, form, None) or _card(request, book, form, None)


@require_http_methods(["GET", "POST"])
@signed_in
def edit_contact(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """A card to read; its form with `?modifier=`."""
    book = requested_book(request)
    card = queries.card_in(book, contact_id)
    if card is None:
        raise Refusal("contacts.gone")
    if request.method != "POST" and "modifier" not in request.GET:
        return _read_card(request, book, contact_id, card)
    initial = initial_fields(card)
    if request.method == "POST":
        form = ContactForm(request.POST, request.FILES, initial=initial, photo=card.photo, draw=_drawn_photo)
    else:
        form = ContactForm(initial=initial)
    return _save(request, book, form, contact_id) or _card(request, book, form, contact_id, card)


@require_POST
@signed_in
def delete_contact(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Delete a card or group, once confirmed: nothing brings it back."""
    book = requested_book(request)
    contact = queries.find_in(book, contact_id)
    if contact and book.may_write and (page := confirmation_page(request, _deletion(book, contact))):
        return page
    services.delete_card(book, contact_id)
    return redirect_to(book, "groupe-supprime" if contact and contact.is_group else "supprime")


def _deletion(book: AddressBook, contact: ContactSummary) -> Confirmation:
    kind = "groupe" if contact.is_group else "contact"
    lost = f"Ce {kind} quitte le carnet, ici et dans les téléphones et logiciels qui le lisent."
    rest = "Les contacts qu’il réunit restent." if contact.is_group else "Il quitte aussi ses groupes."
    back = reverse("contacts:edit-group" if contact.is_group else "contacts:edit-contact", args=(contact.id,))
    return Confirmation(
        f"Supprimer le {kind} « {contact.name or contact.address} » ?",
        (lost, rest, "Rien ne permet de le retrouver."),
        "Supprimer",
        f"{back}?carnet={book.uai}" if book.uai else back,
    )


@require_GET
@signed_in
def show_photo(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Thumbnail of the photo, re-encoded because a phone may have stored anything."""
    card = queries.card_in(requested_book(request), contact_id)
    try:
        content = draw_photo.get()(card.photo) if card and card.photo else b""
    except FileReaderBusy:
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    except Refusal:
        content = b""
    if not content:
        return HttpResponseNotFound()
    return HttpResponse(content, content_type="image/jpeg")


def _drawn_photo(content: bytes) -> bytes:
    """Thumbnail of a photograph. Raises Refusal `contacts.photo-busy`, `contacts.photo-unreadable`."""
    try:
        return draw_photo.get()(content)
    except FileReaderBusy as error:
        raise Refusal("contacts.photo-busy") from error


def _save(
    request: SignedInRequest, book: AddressBook, form: ContactForm, contact_id: int | None
) -> HttpResponse | None:
    """Save the posted card and redirect; None when there is nothing to save or an error to correct."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        saved = services.save_card(book, form.card, contact_id)
    except Refusal as refusal:
        form.add_error("address", sentence(refusal))
        return None
    group_ids = request.POST.getlist("group")
    if group_ids or contact_id:
        services.join_groups(book, saved, [int(group_id) for group_id in group_ids if group_id.isdecimal()])
    return redirect_to(book, "enregistre")


def _read_card(
    request: SignedInRequest, book: AddressBook, contact_id: int, card: ContactCard
) -> HttpResponse:
    joined = queries.groups_of(book, contact_id)
    context = {
        "card": card,
        "contact_id": contact_id,
        "book": book,
        "phones": [
            (label, number, dialled_number(number))
            for label, number in (
                ("Portable", card.mobile), ("Téléphone", card.phone), ("Professionnel", card.work_phone)
            )
            if number
        ],
        "birthday": birthday_fr(card.birthday),
        "received": f"de:{card.address}",
        "sent": f"à:{card.address}",
        "groups": [group for group in queries.contacts_in(book, only="groups") if group.id in joined],
    }  # fmt: skip
    return render(request, "contacts/read.html", context)


def _card(
    request: SignedInRequest,
    book: AddressBook,
    form: ContactForm,
    contact_id: int | None,
    card: ContactCard | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "contact_id": contact_id,
        "book": book,
        "has_photo": bool(card and card.photo),
        "groups": queries.contacts_in(book, only="groups"),
        "joined": queries.groups_of(book, contact_id) if contact_id else frozenset(),
    }
    return render(request, "contacts/card.html", context, status=422 if form.errors else 200)
