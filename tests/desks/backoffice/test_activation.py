"""Accounts never activated: by establishment, by name, as a file; an office sees its académie alone."""

import html
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Assignment, Person, Structure

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client() -> Client:
    made = account("rssi", role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    return browser_of(Account.objects.get(pk=made.pk))


def school(uai: str, name: str, academy: Academy | None = None) -> Structure:
    return Structure.objects.create(
        uai=uai, name=name, town="Amiens", academy=academy or Academy.objects.get(code="20")
    )


def somebody(where: Structure, name: str, state: str = "pending", **post: Any) -> None:
    person = Person.objects.create(
        academy=where.academy, dossier=name, birth_name=name, first_name="Lou", category="2D_PUBLIC"
    )
    Account.objects.create(
        person=person, username=name.lower(), mailbox=f"{name.lower()}@ac.test", state=state
    )
    plain = {"starts_on": date(2020, 9, 1), "is_primary": True}
    Assignment.objects.create(person=person, structure=where, **{**plain, **post})


def text_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", content.decode())))


def test_the_board_counts_those_in_post_who_never_activated(client: Client) -> None:
    lycee, college = school("0800101A", "Lycée Éluard"), school("0800102B", "Collège Hugo")
    for name in ("Un", "Deux"):
        somebody(lycee, name)
    somebody(lycee, "Active", "active")
    somebody(lycee, "Parti", ends_on=date(2021, 1, 1))
    somebody(lycee, "Ferme", "closed")
    somebody(college, "Trois")
    page = text_of(client.get("/administration/jamais-actives").content)
    assert page.index("Lycée Éluard") < page.index("Collège Hugo")
    assert "Lycée Éluard Amiens 2 3 33 %" in page
    assert (
        "Lycée" not in text_of(client.get("/administration/jamais-actives?q=hugo").content).split("<h1>")[0]
    )


def test_who_they_are_is_shown_and_taken_as_a_file_that_the_journal_knows(client: Client) -> None:
    lycee = school("0800101A", "Lycée Éluard")
    somebody(lycee, "Martin")
    assert "martin" in text_of(client.get(f"/administration/jamais-actives/{lycee.pk}").content)
    file = client.get(f"/administration/jamais-actives/{lycee.pk}/liste.csv")
    assert "martin" in file.getvalue().decode()
    assert Entry.objects.filter(action="backoffice.file-taken", to=f"structure:{lycee.pk}").count() == 1


def test_a_school_where_all_is_activated_says_so(client: Client) -> None:
    lycee = school("0800101A", "Lycée Éluard")
    somebody(lycee, "Active", "active")
    page = text_of(client.get(f"/administration/jamais-actives/{lycee.pk}").content)
    assert "Chaque personne en poste ici a activé son compte" in page


def test_an_office_of_another_academie_sees_none_of_it(client: Client) -> None:
    lille = Academy.objects.create(code="09", name="Lille", domain="ac-lille.test")
    north = school("0590001A", "Lycée du Nord", lille)
    somebody(north, "Nordiste")
    Account.objects.filter(username="rssi").update(spans_academies=False)
    mine = browser_of(Account.objects.get(username="rssi"))
    assert "Lycée du Nord" not in text_of(mine.get("/administration/jamais-actives").content)
    assert mine.get(f"/administration/jamais-actives/{north.pk}").status_code == 404
