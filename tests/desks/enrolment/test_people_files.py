"""Officers export the people they manage and print letters for those they tick; of nobody else."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.desks.enrolment.officers import academy, managed_by, officer, school

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment, Person

pytestmark = pytest.mark.django_db
FILE, LETTERS = "/gestion/personnes/liste.csv", "/gestion/personnes/lettres"


@pytest.fixture
def place() -> int:
    return academy()


def client_of(who: Account) -> Client:
    return signed_in(who)


def rows_of(desk: Client, **sent: Any) -> list[dict[str, str]]:
    answer = desk.post(FILE, sent)
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_the_file_holds_whom_the_search_finds_or_who_is_ticked_of_ones_service(place: int) -> None:
    waiting = managed_by(place, "DPE", "attend", last_name="Attend")
    serving = managed_by(place, "DPE", "sert", last_name="Sert")
    stranger = managed_by(place, "DPATE", "ailleurs", last_name="Ailleurs")
    Account.objects.filter(pk=waiting.pk).update(state="pending")
    Assignment.objects.filter(person=serving.person).delete()
    Assignment.objects.create(
        person=serving.person, structure=school(), starts_on=date(2020, 9, 1), ends_on=date(2099, 8, 31)
    )
    desk = client_of(officer(place, "DPE"))
    assert [row["nom"] for row in rows_of(desk)] == ["Attend", "Sert"]
    (row,) = rows_of(desk, etat="pending")
    assert (row["nom"], row["compte"], row["identifiant"], row["fin du poste"]) == (
        "Attend", "Jamais activé", "attend", "",
    )  # fmt: skip
    (row,) = rows_of(desk, qui=[serving.person_id, stranger.person_id])
    assert (row["nom"], row["fin du poste"]) == ("Sert", "31/08/2099")
    entries = Entry.objects.filter(action="enrolment.people-exported").order_by("pk")
    assert [entry.details["count"] for entry in entries] == [2, 1, 1]


def test_ticking_nobody_of_ones_service_exports_nobody(place: int) -> None:
    managed_by(place, "DPE", "sert", last_name="Sert")
    stranger = managed_by(place, "DPATE", "ailleurs", last_name="Ailleurs")
    desk = client_of(officer(place, "DPE"))
    assert rows_of(desk, qui=[stranger.person_id]) == []
    assert rows_of(desk, qui="personne") == []
    entries = Entry.objects.filter(action="enrolment.people-exported")
    assert [entry.details["count"] for entry in entries] == [0, 0]


def test_no_cell_of_the_file_is_a_formula(place: int) -> None:
    made = managed_by(place, "DPE", "formule")
    Person.objects.filter(pk=made.person_id).update(birth_name="=1+1", usage_name="=1+1")
    (row,) = rows_of(client_of(officer(place, "DPE")))
    assert not row["nom"].startswith("=")


def test_letters_are_for_those_ticked_who_have_a_numen_in_ones_service(place: int) -> None:
    desk = client_of(officer(place, "DPE"))
    without = managed_by(place, "DPE", "sansnumen")
    bearer = managed_by(place, "DPE", "porteuse", numen="20E0301231ABC")
    stranger = managed_by(place, "DPATE", "ailleurs", numen="20E0301232ABC")
    answer = desk.post(LETTERS, {"qui": [bearer.person_id, without.person_id, stranger.person_id]})
    assert answer["Content-Type"] == "application/pdf"
    shown = Entry.objects.filter(action="enrolment.numen-shown").values_list("to", flat=True)
    assert list(shown) == [f"person:{bearer.person_id}"]
    for nobody in ([], [without.person_id], [stranger.person_id]):
        back = desk.post(LETTERS, {"qui": nobody, "q": "sans"}, follow=True)
        assert "cochez au moins une personne" in back.content.decode()


def test_only_officers_export(place: int) -> None:
    managed_by(place, "DPE", "agent")
    teacher = client_of(account("enseignante"))
    assert teacher.post(FILE).status_code == 403
    assert teacher.post(LETTERS).status_code == 403
