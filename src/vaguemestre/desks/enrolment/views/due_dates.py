"""« À venir »: what is planned for the people of a service, such as ends of posts, suspensions, closings."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.http import OfficerRequest, for_officers
from vaguemestre.desks.enrolment.values import Scope
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.people.directory.queries import ManagedPerson, PeopleFilter, last_days_of_posts
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.lifecycle import rules
from vaguemestre.people.lifecycle.labels_fr import EVENT_LABELS, STEP_LABELS
from vaguemestre.people.lifecycle.queries import lifecycles_of_services

HORIZONS = (30, 90, 365)  # days
_DEFAULT = 90
_ORDERS = ("jour", "nom")


class Due(NamedTuple):
    on: date
    person: ManagedPerson
    words: str


@require_GET
@for_officers
def list_upcoming(request: OfficerRequest) -> HttpResponse:
    """`jours`: how far to look; `q`: words of a name, an establishment or what is planned."""
    listing = Listing.of(request.GET, _ORDERS)
    asked = listing.query.get("jours", "")
    days = int(asked) if asked in map(str, HORIZONS) else _DEFAULT
    today = paris_day(timezone.now())
    wanted = fold(listing.search)
    dues = [
        due
        for due in _dues(request.scope, today, today + timedelta(days=days))
        if wanted in fold(f"{due.person.name} {due.person.place} {due.words}")
    ]
    dues.sort(key=_by_name if listing.sort == "nom" else _by_day, reverse=listing.backwards)
    context = {
        "dues": listing.shown(dues),
        "total": len(dues),
        "listing": listing,
        "days": days,
        "horizons": HORIZONS,
        "search": listing.search,
    }
    return render(request, "enrolment/upcoming.html", context)


def _by_day(due: Due) -> tuple[date, str]:
    return due.on, fold(due.person.name)


def _by_name(due: Due) -> tuple[str, date]:
    return fold(due.person.name), due.on


def _dues(scope: Scope, today: date, until: date) -> Iterator[Due]:
    table = rules.consequence_table(settings.CONFIG.lifecycle_delays())
    lives = lifecycles_of_services(scope.services, table, until)
    people = {person.person_id: person for person in queries.people_in(scope, [who for who, _ in lives])}
    for person_id, life in lives:
        if (person := people.get(person_id)) and life.event:
            for due in life.to_come:
                if due.on <= until:
                    yield Due(due.on, person, f"{EVENT_LABELS[life.event]} : {STEP_LABELS[due.step]}")
    leaving = queries.all_people(scope, PeopleFilter(ends_by=until, day=today))
    last_days = last_days_of_posts([person.person_id for person in leaving], today)
    for person in leaving:
        if person.person_id in last_days:
            yield Due(last_days[person.person_id], person, "Dernier jour de poste")
