"""« Boîtes et listes »: the page and its file."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.administrators import actor_of, for_auditors, may_act
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.inventory import services
from vaguemestre.desks.inventory.forms import InventoryForm
from vaguemestre.desks.inventory.queries import inventory_keys, inventory_lines, whole_inventory
from vaguemestre.desks.inventory.rules import ORDERS
from vaguemestre.desks.inventory.values import Key, Line
from vaguemestre.foundation.ui.files.sheets import csv_response
from vaguemestre.foundation.ui.listing import Listing

_HEADER = (
    "genre", "adresse", "intitule", "uai", "etablissement", "responsables", "membres", "derniere activite",
    "ouverte le", "fermee le",
)  # fmt: skip


@require_GET
@for_auditors
@within_academy
def show_inventory(request: SignedInRequest) -> HttpResponse:
    now, form, listing = timezone.now(), InventoryForm(request.GET), _listing(request)
    keys = _keys(request, form, listing)
    context = {
        "form": form,
        "rows": [
            (line, _answer_path(line) if may_act(request) else "")
            for line in inventory_lines(listing.shown(keys), now)
        ],
        "total": len(keys),
        "listing": listing,
        "file": reverse("inventory:file") + listing.link(),
        "is_asked": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "inventory/inventory.html", context)


@require_GET
@for_auditors
@within_academy
def download(request: SignedInRequest) -> HttpResponseBase:
    """The same as a file, every page of it; the download is journaled."""
    now = timezone.now()
    keys = _keys(request, InventoryForm(request.GET), _listing(request))
    services.record_download(len(keys), by=actor_of(request), now=now)
    return csv_response("inventaire", _HEADER, map(_cells, whole_inventory(keys, now)))


def _listing(request: SignedInRequest) -> Listing:
    return Listing.of(request.GET, tuple(ORDERS))


def _keys(request: SignedInRequest, form: InventoryForm, listing: Listing) -> list[Key]:
    search = form.sought_in(request.who.office_academy)
    return inventory_keys(search, listing.sort, timezone.now(), backwards=listing.backwards)


def _answer_path(line: Line) -> str:
    """The page where an administrator names an owner; "" if there is one."""
    if not line.is_vacant:
        return ""
    if line.is_list:
        return reverse("lists:settings", args=[line.row_id])
    return f"{reverse('sharing:vacant-boxes')}?{urlencode({'q': line.address})}"


def _cells(line: Line) -> tuple[object, ...]:
    moments = (line.last_used_at, line.opened_at, line.closed_at)
    return (
        line.kind, line.address, line.title, line.uai, line.place, ", ".join(line.owners),
        "" if line.members is None else line.members,
        *(timezone.localtime(moment).date().isoformat() if moment else "" for moment in moments),
    )  # fmt: skip
