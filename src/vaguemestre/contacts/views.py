"""The address book: its list, one card."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.contacts import queries, services
from vaguemestre.contacts.forms import ContactForm
from vaguemestre.kernel.errors import Refusal
from vaguemestre.signin.http import SignedInRequest, signed_in
from vaguemestre.ui.refusals import sentence


@require_GET
@signed_in
def list_contacts(request: SignedInRequest) -> HttpResponse:
    search = request.GET.get("q", "")[:200]
    found = queries.contacts_of(request.who.account_id, search)
    shown = {"contacts": found, "search": search, "done": request.GET.get("fait", "")}
    return render(request, "contacts/list.html", shown)


@require_http_methods(["GET", "POST"])
@signed_in
def add_contact(request: SignedInRequest) -> HttpResponse:
    given = {"address": request.GET.get("address", ""), "name": request.GET.get("name", "")}
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm(initial=given)
    return _save(request, form, None) or _card(request, form, None)


@require_http_methods(["GET", "POST"])
@signed_in
def edit_contact(request: SignedInRequest, contact_id: int) -> HttpResponse:
    known = queries.find_contact(request.who.account_id, contact_id)
    if known is None:
        raise Refusal("contacts.gone")
    first = {"name": known.name, "address": known.address, "phone": known.phone, "note": known.note}
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm(initial=first)
    return _save(request, form, contact_id) or _card(request, form, contact_id)


@require_POST
@signed_in
def delete_contact(request: SignedInRequest, contact_id: int) -> HttpResponse:
    services.delete_contact(request.who.account_id, contact_id)
    return HttpResponseRedirect(reverse("contacts:list-contacts") + "?fait=supprime")


def _save(request: SignedInRequest, form: ContactForm, contact_id: int | None) -> HttpResponse | None:
    """A redirection when the card was kept; None when there is something to mend."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        services.save_contact(request.who.account_id, form.card, contact_id)
    except Refusal as refusal:
        form.add_error("address", sentence(refusal))
        return None
    return HttpResponseRedirect(reverse("contacts:list-contacts") + "?fait=enregistre")


def _card(request: SignedInRequest, form: ContactForm, contact_id: int | None) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "contacts/card.html", {"form": form, "contact_id": contact_id}, status=status)
