"""People of a service as files: the list for a spreadsheet, the letters of those ticked."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import batched

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import act_words, recently_signed_in
from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.forms.officer_forms import (
    CATEGORY_LABELS,
    PeopleSearchForm,
)
from vaguemestre.desks.enrolment.http import OfficerRequest, actor_of, for_officers
from vaguemestre.desks.enrolment.views.letters import letters_pdf
from vaguemestre.desks.enrolment.views.people import KEPT_FIELDS
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.files.sheets import csv_lines
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.people.credentials.labels_fr import ACCOUNT_STATE_LABELS
from vaguemestre.people.credentials.queries import PersonAccount, accounts_by_person
from vaguemestre.people.directory.queries import (
    MANAGED_ORDERS,
    ManagedPerson,
    addresses_by_person,
    last_days_of_posts,
)

_HEADER = (
    "nom", "prénom", "dossier", "catégorie", "service", "poste", "fin du poste", "adresse", "identifiant",
    "compte",
)  # fmt: skip
_BATCH = 500


@require_POST
@for_officers
@act_words("exporter des personnes du service")
def export_people(request: OfficerRequest) -> HttpResponse:
    """The people ticked, or all that the search finds if nobody is; the export is journaled."""
    now = timezone.now()
    if "qui" in request.POST:  # even if nobody of these is of one's services: never more than was ticked
        people = _chosen(request)
    else:
        form = PeopleSearchForm(request.POST)
        order = Listing.of(request.POST, tuple(MANAGED_ORDERS)).order
        people = queries.all_people(request.scope, form.sought(paris_day(now)), state=form.state, order=order)
    services.record_export(len(people), by=actor_of(request), now=now)
    response = HttpResponse(
        "".join(csv_lines(_HEADER, _rows(people))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="personnes-{paris_day(now).isoformat()}.csv"'
    return response


@require_POST
@recently_signed_in
@for_officers
@act_words("imprimer des lettres")
def print_letters(request: OfficerRequest) -> HttpResponse:
    """The letters with the NUMEN of those ticked who have one; every disclosure is journaled."""
    people = [
        (person.person_id, queries.last_postal_address(request.scope, person.person_id))
        for person in _chosen(request)
    ]
    try:
        return letters_pdf(request, people, "lettres")
    except Http404:
        kept = {name: request.POST.get(name, "") for name in KEPT_FIELDS}
        listing = Listing.of({**kept, "aucune": "1"}, tuple(MANAGED_ORDERS))
        return HttpResponseRedirect(f"{reverse('enrolment:people')}{listing.page_link(listing.page)}")


def _chosen(request: OfficerRequest) -> list[ManagedPerson]:
    """The people ticked, those of other services left out."""
    ticked = [int(typed) for typed in request.POST.getlist("qui") if typed.isascii() and typed.isdigit()]
    return queries.people_in(request.scope, ticked)


def _rows(people: Sequence[ManagedPerson]) -> Iterator[Sequence[str]]:
    today = paris_day(timezone.now())
    for batch in batched(people, _BATCH, strict=False):
        ids = [person.person_id for person in batch]
        accounts, addresses = accounts_by_person(ids), addresses_by_person(ids)
        last_days = last_days_of_posts(ids, today)
        for person in batch:
            account = accounts.get(person.person_id)
            own = addresses.get(person.person_id)
            yield _row(person, own[0].address if own else "", account, last_days.get(person.person_id))


def _row(
    person: ManagedPerson, address: str, account: PersonAccount | None, last_day: date | None
) -> Sequence[str]:
    """The cells under _HEADER."""
    civil = person.civil
    return (
        civil.shown_last_name if civil else person.name,
        civil.shown_first_name if civil else "",
        person.dossier,
        next((title for key, title in CATEGORY_LABELS.items() if key == person.category), ""),
        person.service,
        "" if person.erased_at else person.place,
        f"{last_day:%d/%m/%Y}" if last_day else "",
        address,
        account.username if account else "",
        ACCOUNT_STATE_LABELS.get(account.state, account.state) if account else "Aucun",
    )
