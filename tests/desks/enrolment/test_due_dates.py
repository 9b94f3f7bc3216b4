"""« À venir »: what is planned for the people of a service, the nearest first, and of no other service."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.desks.enrolment.officers import academy, managed_by, officer
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment
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
