"""« Ajouter aux contacts » from anywhere: a card fragment for an address, and the button that keeps it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.people.directory.queries import listed_by_address


@require_GET
@signed_in
def show_card(request: SignedInRequest) -> HttpResponse:
    """`?adresse=&nom=`: who that is, in one's book and in the directory; for htmx a fragment, else a page."""
    return _shown(request, request.GET.get("nom", ""), request.GET.get("adresse", ""))


@require_POST
@signed_in
def keep(request: SignedInRequest) -> HttpResponse:
    """`adresse`, `nom`: kept on purpose from now on. The fragment for htmx, else the card's page."""
    name, address = request.POST.get("nom", "")[:200], request.POST.get("adresse", "")[:254]
    contact_id = services.keep_address(request.who.account_id, " ".join(name.split()), address)
    if _is_htmx(request):
        return _shown(request, name, address)
    return HttpResponseRedirect(reverse("contacts:edit-contact", args=[contact_id]))


def _shown(request: SignedInRequest, name: str, address: str) -> HttpResponse:
    wanted = address.strip().lower()[:254]
    known = queries.find_by_address(request.who.account_id, wanted)
    listed = listed_by_address([wanted]).get(wanted) if wanted else None
    shown = {
        "known": known if known and not known.is_collected else None,
        "detail": listed.detail if listed else "",
        "name": (known.name if known else "") or name[:200] or wanted,
        "address": wanted,
    }
    page = "contacts/person.html" if _is_htmx(request) else "contacts/person_page.html"
    return render(request, page, shown)


def _is_htmx(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers
