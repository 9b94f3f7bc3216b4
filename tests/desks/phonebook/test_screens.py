"""The directory shows colleagues, and nothing of what it must keep to itself."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import NOON, account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Assignment, Person, Structure
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.services import change_person, describe_structures, register_people
from vaguemestre.people.directory.values import (
    CivilStatus,
    NewPerson,
    PersonChange,
    Place,
    Post,
    StaffCategory,
)

pytestmark = pytest.mark.django_db
BORN = date(1987, 2, 13)
TODAY = NOON.date()


@pytest.fixture
def reader() -> Account:
    return account("lectrice")


@pytest.fixture
def client(reader: Account) -> Client:
    return signed_in(reader)


@pytest.fixture
def people(reader: Account) -> dict[str, Person]:
    """Three agents of two schools, one of them with everything that must not show."""
    academy = Academy.objects.get()
    places = (
        Place("0801111A", "Lycée Éluard", "LYCEE", "PUBLIC", "080", "Abbeville", "80100"),
        Place("0601112B", "Collège Ferry", "COLLEGE", "PUBLIC", "060", "Noyon", "60400"),
    )
    told = (
        ("Jean-Pierre", "Lefèvre", "0801111A", "ENS", "L1300", None),
        ("Élodie", "Dupont-Lefebvre", "0601112B", "DIR", "", None),
        ("Parti", "Lefèvre", "0601112B", "ENS", "L1300", TODAY - timedelta(days=1)),
    )
    with transaction.atomic():
        describe_structures(academy.pk, places)
        registered = register_people(
            academy.pk,
            [
                NewPerson(
                    dossier=f"S{number}",
                    civil=CivilStatus("M.", last, "", first, BORN),
                    category=StaffCategory.SECOND_DEGREE_PUBLIC,
                    posts=(Post(uai, date(2020, 9, 1), ends, function, "TITULAIRE", "553", discipline),),
                    numen=parse_numen(f"20E030123{number}ABC"),
                )
                for number, (first, last, uai, function, discipline, ends) in enumerate(told)
            ],
            numen_keys.get(),
            by="test",
            now=NOON,
        )
    rows = {row.pk: row for row in Person.objects.filter(pk__in=[one.person_id for one in registered])}
    return {rows[one.person_id].first_name: rows[one.person_id] for one in registered}


def text(client: Client, asked: str) -> str:
    answer = client.get(f"/annuaire/?{asked}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    "typed",
    ["lefevre", "LEFÈVRE", "jean lef", "lef jean", "pierre", "lefèvre jean-pierre", "jea pie lef"],
)
def test_the_beginning_of_each_word_finds_in_any_order_and_without_accents(
    client: Client, people: dict[str, Person], typed: str
) -> None:
    assert "Jean-Pierre Lefèvre" in text(client, f"q={typed}")


def test_a_function_of_two_codes_is_offered_once_and_finds_both(
    client: Client, people: dict[str, Person]
) -> None:
    for name, code in (("Jean-Pierre", "AES"), ("Élodie", "AVS")):
        Assignment.objects.filter(person=people[name]).update(function=code)
    page = client.get("/annuaire/").content.decode()
    assert page.count(">Accompagnement d’élèves</option>") == 1
    assert page.index("Éducation (CPE)") < page.index("Enseignement</option>")
    for code in ("AES", "AVS"):
        found = client.get("/annuaire/", {"fonction": code}).content.decode()
        assert "Lefèvre" in found
        assert "Dupont-Lefebvre" in found


def test_words_that_begin_no_name_find_nobody_and_the_page_says_what_to_do(
    client: Client, people: dict[str, Person]
) -> None:
    found = text(client, "q=fevre")
    assert "Lefèvre" not in found
    assert "Vérifiez l’orthographe" in found


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ("etablissement=eluard", "Jean-Pierre"),
        ("etablissement=noyon", "Élodie"),
        ("etablissement=0801111a", "Jean-Pierre"),
        ("fonction=DIR", "Élodie"),
        ("discipline=L1300", "Jean-Pierre"),
        ("q=lef&discipline=L1300", "Jean-Pierre"),
    ],
)
def test_school_function_and_discipline_narrow_the_list(
    client: Client, people: dict[str, Person], asked: str, who: str
) -> None:
    found = text(client, asked)
    assert [name for name in ("Jean-Pierre", "Élodie", "Parti") if f">{name} " in found] == [who]


def test_a_card_says_function_school_and_address_and_nothing_else(
    client: Client, people: dict[str, Person]
) -> None:
    person = people["Jean-Pierre"]
    Person.objects.filter(pk=person.pk).update(phone="03 22 00 11 22")
    page = _without_tokens(client.get(f"/annuaire/{person.public_id}").content)
    for shown in (
        "Mathématiques",
        "Lycée Éluard",
        "Mél.\N{NO-BREAK SPACE}:",
        "jean-pierre.lefevre@",
        "03 22 00 11 22",
    ):
        assert shown in page
    for kept in ("1987", "13/02", "20E", "553", "TITULAIRE", person.dossier):
        assert kept not in page


def test_who_is_on_the_red_list_or_serves_nowhere_is_not_there(
    client: Client, people: dict[str, Person]
) -> None:
    Person.objects.filter(first_name="Élodie").update(unlisted=True)
    assert "Élodie" not in text(client, "fonction=DIR")
    assert "Parti" not in text(client, "q=parti")
    hidden = {client.get(f"/annuaire/{people[name].public_id}").content for name in ("Élodie", "Parti")}
    hidden.add(client.get(f"/annuaire/{uuid4()}").content)
    assert len({_without_tokens(page) for page in hidden}) == 1


def _without_tokens(page: bytes) -> str:
    lines = page.decode().splitlines()
    return "\n".join(line for line in lines if "csrf" not in line)


def test_one_gives_a_phone_and_leaves_the_directory(client: Client, reader: Account) -> None:
    person = reader.person
    assert person is not None
    answer = client.post("/annuaire/ma-fiche", {"phone": "03 22 11 22 33", "unlisted": "on"})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.unlisted) == ("03 22 11 22 33", True)
    assert Entry.objects.filter(action="directory.card-changed", to=f"person:{person.pk}").count() == 1
    assert client.get(f"/annuaire/{person.public_id}").status_code == 404


def test_what_is_no_phone_is_said_beside_the_field(client: Client) -> None:
    answer = client.post("/annuaire/ma-fiche", {"phone": "<script>"})
    assert answer.status_code == 422
    assert "Écrivez un numéro" in answer.content.decode()


def test_a_new_name_is_found_and_the_former_no_longer(client: Client, people: dict[str, Person]) -> None:
    person = people["Jean-Pierre"]
    civil = CivilStatus("M.", "Lefèvre", "Quesnel", "Jean-Pierre", BORN)
    with transaction.atomic():
        change_person(PersonChange(person.pk, civil=civil), numen_keys.get(), by="test", now=NOON)
    assert "Jean-Pierre Quesnel" in text(client, "q=quesn")
    assert "Jean-Pierre" not in text(client, "q=lefevre")


def test_a_long_list_is_read_by_pages_and_turned_round(client: Client, reader: Account) -> None:
    school = Structure.objects.get(uai="0800001A")
    Person.objects.bulk_create(
        Person(
            academy=school.academy,
            dossier=f"L{number}",
            birth_name=f"Nom{number:02}",
            first_name="A",
            birth_date=BORN,
            category="AED",
            sorted_as=f"nom{number:02} a",
        )
        for number in range(40)
    )
    Assignment.objects.bulk_create(
        Assignment(person=person, structure=school, starts_on=date(2020, 9, 1), function="AED")
        for person in Person.objects.filter(category="AED")
    )
    first, second = text(client, "fonction=AED"), text(client, "fonction=AED&page=2")
    assert [name in first for name in ("Nom00", "Nom30", "page=2")] == [True, False, True]
    assert [name in second for name in ("Nom00", "Nom30")] == [False, True]
    assert "Nom39" in text(client, "fonction=AED&tri=-nom")


def test_htmx_is_given_the_rows_alone(client: Client, people: dict[str, Person]) -> None:
    page = client.get("/annuaire/?q=lef", headers={"HX-Request": "true"}).content.decode()
    assert "Jean-Pierre" in page
    assert "<html" not in page


def test_a_stranger_is_sent_to_sign_in(people: dict[str, Person]) -> None:
    for path in ("", str(people["Élodie"].public_id), "ma-fiche"):
        assert Client().get(f"/annuaire/{path}").status_code == 302


def test_reading_is_by_get_only(client: Client) -> None:
    answers: list[Any] = [client.post("/annuaire/"), client.post(f"/annuaire/{uuid4()}")]
    assert [answer.status_code for answer in answers] == [405, 405]
