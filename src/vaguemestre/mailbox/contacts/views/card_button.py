"""Contact fragment of an address, with the button « Ajouter aux contacts »."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.queries import hidden_academies
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.people.directory.queries import listed_people_by_address


@require_GET
@signed_in
def show_card(request: SignedInRequest) -> HttpResponse:
    """Contact or entry of `?adresse=&nom=`: a fragment for htmx, else a page; of nobody, the list."""
    name, address = request.GET.get("nom", ""), request.GET.get("adresse", "")
    if not address.strip() and not _is_htmx(request):
        return HttpResponseRedirect(reverse("contacts:list-contacts"))
    return _person(request, name, address)


@require_POST
@signed_in
def keep_address(request: SignedInRequest) -> HttpResponse:
    """Add `address` with `name` to the own book; answers the fragment for htmx, else the page of the card."""
    name, address = request.POST.get("name", "")[:200], request.POST.get("address", "")[:254]
    contact_id = services.keep_address(request.who.account_id, " ".join(name.split()), address)
    if _is_htmx(request):
        return _person(request, name, address)
    return HttpResponseRedirect(reverse("contacts:edit-contact", args=[contact_id]))


def _person(request: SignedInRequest, name: str, address: str) -> HttpResponse:
    normalized = address.strip().lower()[:254]
    contact = queries.find_by_address(request.who.account_id, normalized)
    hidden = hidden_academies(request.who)
    listed = listed_people_by_address([normalized], hidden_academies=hidden) if normalized else {}
    person = listed.get(normalized)
    context = {
        "contact": contact if contact and not contact.is_collected else None,
        "detail": person.detail if person else "",
        "name": (contact.name if contact else "") or name[:200] or normalized,
        "address": normalized,
    }
    page = "contacts/person.html" if _is_htmx(request) else "contacts/person_page.html"
    return render(request, page, context)


def _is_htmx(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers
