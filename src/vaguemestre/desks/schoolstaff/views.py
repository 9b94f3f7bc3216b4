"""« Mes personnels »: the staff of the establishments that the signed-in person directs."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.desks.bulk.files import letters_pdf
from vaguemestre.desks.schoolstaff import services
from vaguemestre.desks.schoolstaff.ports import codes_to_hand_over
from vaguemestre.desks.schoolstaff.queries import letters_to, staff_of
from vaguemestre.desks.schoolstaff.rules.views import is_in
from vaguemestre.desks.schoolstaff.values import Part, StaffMember
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.people.credentials.queries import accounts_of, identified
from vaguemestre.people.directory.queries import HeadedPlace
from vaguemestre.people.lifecycle.queries import places_directed_by
from vaguemestre.people.paragraphs.queries import paragraph_for
from vaguemestre.people.paragraphs.values import LetterKind

_TITLES = {
    Part.ALL: "Tout le monde",
    Part.NEVER_ACTIVATED: "Jamais activés",
    Part.ARRIVALS: "Arrivées de la semaine",
    Part.ENDING: "Fin dans les 30 jours",
}
_ORDERS: dict[str, Callable[[StaffMember], str | date]] = {
    "nom": lambda member: member.sorted_as,
    "fonction": lambda member: without_accents(member.function),
    "depuis": lambda member: member.stay.since,
    "fin": lambda member: member.stay.until or date.max,
}


class _Tab(NamedTuple):
    """A view of the staff above the list."""

    title: str
    size: int
    link: str
    is_open: bool


class _Staff(NamedTuple):
    """The establishments somebody directs, and their staff by the filter of the address."""

    places: tuple[HeadedPlace, ...]
    place_id: int  # the one chosen; 0: all
    words: str
    part: Part
    members: list[StaffMember]  # by the establishment and the words
    today: date

    @property
    def shown(self) -> list[StaffMember]:
        return [member for member in self.members if is_in(self.part, member, self.today)]


@require_GET
@signed_in
def list_staff(request: SignedInRequest) -> HttpResponse:
    staff, listing = _staff(request, request.GET), Listing.of(request.GET, tuple(_ORDERS))
    rows = sorted(staff.shown, key=_ORDERS[listing.sort], reverse=listing.backwards)
    context = {
        "staff": staff,
        "rows": listing.shown(rows),
        "total": len(rows),
        "waiting": sum(member.is_activated is False for member in rows),
        "listing": listing,
        "tabs": _tabs(staff, listing),
        "codes": codes_to_hand_over.get()(request.who.account_id, timezone.now()),
        "is_nobody_chosen": "aucun" in request.GET,
    }
    return render(request, "schoolstaff/staff.html", context)


@require_POST
@signed_in
def print_letters(request: SignedInRequest) -> HttpResponse:
    """The letters to those ticked, or to all that the filter shows, as one PDF; each is journaled."""
    staff, now = _staff(request, request.POST), timezone.now()
    members = staff.shown
    if "toutes" not in request.POST:
        ticked = set(request.POST.getlist("qui"))
        members = [member for member in members if str(member.person_id) in ticked]
    domain = request.who.mailbox.partition("@")[2]
    paragraph = paragraph_for(LetterKind.ACTIVATION_LETTER, domain)
    letters = letters_to(members, settings.CONFIG.site_of(domain), paragraph)
    if not letters:
        query = Listing.of(request.POST, tuple(_ORDERS)).link(aucun=1, qui="", csrfmiddlewaretoken="")
        return HttpResponseRedirect(f"{reverse('schoolstaff:staff')}{query}")
    printed = {member.person_id for member in members if member.is_activated is False}
    services.record_letters(accounts_of(printed), by=request.who.actor, now=now)
    response = HttpResponse(letters_pdf(letters, staff.today), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="lettres-{staff.today.isoformat()}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _staff(request: SignedInRequest, query: QueryDict) -> _Staff:
    """Raises Http404 for whoever directs no establishment today."""
    today = paris_day(timezone.now())
    person_id = identified(request.who.account_id).person_id or 0
    places = places_directed_by(request.who.account_id, person_id, today)
    if not places:
        raise Http404
    asked, words = query.get("etablissement", ""), query.get("q", "").strip()[:80]
    chosen = next((place for place in places if str(place.structure_id) == asked), None)
    members = [
        member
        for member in staff_of([chosen] if chosen else places, person_id, today)
        if all(word in without_accents(member.name) for word in without_accents(words).split())
    ]
    part = next((part for part in Part if part == query.get("vue", "")), Part.ALL)
    return _Staff(places, chosen.structure_id if chosen else 0, words, part, members, today)


def _tabs(staff: _Staff, listing: Listing) -> list[_Tab]:
    return [
        _Tab(
            title,
            sum(is_in(part, member, staff.today) for member in staff.members),
            listing.link(vue=part, aucun=""),
            part is staff.part,
        )
        for part, title in _TITLES.items()
    ]
