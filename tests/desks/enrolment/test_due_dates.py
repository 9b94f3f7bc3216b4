"""« À venir »: what is planned for the people of a service, the nearest first, and of no other service."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.desks.enrolment.officers import academy, managed_by, officer
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.queries import deadlines
from vaguemestre.desks.enrolment.queries.deadlines import DueDates
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment, Person
from vaguemestre.people.lifecycle import rules
from vaguemestre.people.lifecycle.services import declare_event
from vaguemestre.people.lifecycle.values import EventKind

pytestmark = pytest.mark.django_db(transaction=True)
WHERE = "/gestion/a-venir"


def retired(account: Account, today: date) -> None:
    numbers = settings.CONFIG.lifecycle_delays()
    declare_event(
        account.pk, EventKind.RETIREMENT, today, numbers, by="test", now=timezone.now(), today=today
    )  # fmt: skip


def rows_of(desk: Client, query: str = "") -> list[str]:
    page = desk.get(f"{WHERE}{query}").content.decode()
    rows = re.findall(r"<tr><td data-label=\"Jour\">.*?</tr>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_ends_of_posts_and_what_was_declared_are_listed_by_day_for_ones_service_alone() -> None:
    place, today = academy(), paris_day(timezone.now())
    desk = browser_of(officer(place, "DPE"))
    assert "Rien n’est prévu" in desk.get(WHERE).content.decode()
    ending, going = managed_by(place, "DPE", "finissant"), managed_by(place, "DPE", "partant")
    other = managed_by(place, "DPATE", "ailleurs")
    last = today + timedelta(days=20)
    Assignment.objects.filter(person_id__in=[ending.person_id, other.person_id]).update(ends_on=last)
    retired(going, today)
    rows = rows_of(desk)
    assert f"{last:%d/%m/%Y}" in rows[0]
    assert "Dernier jour de poste" in rows[0]
    closing = next(row for row in rows if "Retraite : compte et boîte fermés" in row)
    assert f"{today + timedelta(days=settings.CONFIG.lifecycle.retirement_closed):%d/%m/%Y}" in closing
    days = [date(int(row[6:10]), int(row[3:5]), int(row[:2])) for row in rows]
    assert days == sorted(days)
    assert len([row for row in rows if "Dernier jour" in row]) == 1


def test_a_nearer_horizon_and_words_leave_the_rest_out() -> None:
    place, today = academy(), paris_day(timezone.now())
    desk = browser_of(officer(place, "DPE"))
    near, far = managed_by(place, "DPE", "proche"), managed_by(place, "DPE", "lointain")
    Assignment.objects.filter(person_id=near.person_id).update(ends_on=today + timedelta(days=10))
    Assignment.objects.filter(person_id=far.person_id).update(ends_on=today + timedelta(days=200))
    assert len(rows_of(desk, "?jours=30")) == 1
    assert len(rows_of(desk, "?jours=365")) == 2
    assert rows_of(desk, "?jours=365&q=introuvable") == []
    assert len(rows_of(desk, "?jours=365&q=dernier")) == 2
    assert rows_of(desk, "?jours=365&tri=-jour") == rows_of(desk, "?jours=365")[::-1]


def ending_soon(account: Account, count: int) -> None:
    """So many people like that one, whose only post ends: ten of them each day from tomorrow."""
    today = paris_day(timezone.now())
    model = Person.objects.get(pk=account.person_id)
    post = Assignment.objects.filter(person=model).values().get()
    del post["id"], post["person_id"], post["ends_on"]
    people = []
    for number in range(count):
        person = Person.objects.get(pk=model.pk)
        person.pk, person.public_id, person.dossier = None, uuid.uuid4(), f"D{number:06}"
        person.usage_name = f"Nom{number:04}"
        person._state.adding = True
        people.append(person)
    Assignment.objects.bulk_create(
        Assignment(person=person, ends_on=today + timedelta(days=1 + number // 10), **post)
        for number, person in enumerate(Person.objects.bulk_create(people))
    )


def asked_for(officer_id: int, words: str = "", order: str = "jour") -> tuple[int, DueDates]:
    """How many queries a page takes, and the page."""
    today, scope = paris_day(timezone.now()), queries.scope_of(officer_id)
    table = rules.consequence_table(settings.CONFIG.lifecycle_delays())
    until = today + timedelta(days=365)
    with CaptureQueriesContext(connection) as asked:
        dues = deadlines.due_dates(scope, table, today, until, first=0, count=30, words=words, order=order)
    return len(asked), dues


def test_a_page_of_many_takes_as_many_queries_as_one_of_few() -> None:
    place = academy()
    desk = officer(place, "DPE")
    ending_soon(managed_by(place, "DPE", "modele"), 5)
    few, dues = asked_for(desk.pk)
    assert dues.total == 5
    Person.objects.filter(dossier__startswith="D0").delete()
    ending_soon(Account.objects.get(username="modele"), 300)
    many, dues = asked_for(desk.pk)
    assert (dues.total, len(dues.page), dues.is_cut) == (300, 30, False)
    assert many == few


def test_of_more_than_a_list_holds_the_nearest_stay_and_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deadlines, "MAX_DUES", 40)
    place = academy()
    desk = officer(place, "DPE")
    ending_soon(managed_by(place, "DPE", "modele"), 60)
    _, dues = asked_for(desk.pk, order="-jour")
    assert (dues.total, dues.is_cut) == (40, True)
    assert dues.page[0].on == paris_day(timezone.now()) + timedelta(days=4)
    with CaptureQueriesContext(connection) as asked:
        page = browser_of(desk).get(WHERE).content.decode()
    assert "parmi les plus proches seulement" in page
    ends = [query["sql"] for query in asked if 'MAX("directory_assignment"."ends_on")' in query["sql"]]
    assert len(ends) == 1
    assert "LIMIT 41" in ends[0]


def test_names_are_looked_for_among_the_nearest_and_sorted() -> None:
    place = academy()
    desk = officer(place, "DPE")
    ending_soon(managed_by(place, "DPE", "modele"), 12)
    _, dues = asked_for(desk.pk, words="nom000", order="-nom")
    assert dues.total == 10
    assert [due.person.name[-4:] for due in dues.page[:2]] == ["0009", "0008"]
