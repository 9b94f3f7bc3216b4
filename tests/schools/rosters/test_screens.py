"""The pages of classes: what each person finds there, and what stays shut."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.answers import as_typed
from tests.foundation.ui.shown import shown_on
from tests.schools.rosters.schools import OTHER, TODAY, UAI, address_of, browser_of, school

from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.rosters.models import AllowedRow, PupilRow, RightRow, StagedRow
from vaguemestre.schools.rosters.sample import sample_files

pytestmark = pytest.mark.django_db(transaction=True)
HOME = f"/classes/{UAI}/"
POSTS = ("droits/", "personnes/", "import/", "import/appliquer/", "import/abandonner/")
type People = dict[str, Account]


def uploads(given: dict[str, bytes]) -> dict[str, Any]:
    return {"documents": [SimpleUploadedFile(name, content) for name, content in given.items()]}


def test_a_teacher_finds_their_classes_a_click_away_from_writing(client: Client, people: People) -> None:
    browser = browser_of(client, people["teacher"])
    page = browser.get("/classes/").content.decode()
    assert "4e B" in page
    assert "6e A" not in page
    assert "Réglages" not in page
    assert "%40rosters.invalid" in page
    assert "Classes" in browser.get("/").content.decode()


@pytest.mark.heavy
def test_the_head_finds_all_of_them_and_the_settings(client: Client, people: People) -> None:
    browser = browser_of(client, people["head"])
    page = browser.get("/classes/").content.decode()
    assert page.count("Écrire aux familles") == 5
    assert f"{HOME}reglages/" in page
    assert "Qui écrit à qui" in browser.get(f"{HOME}reglages/").content.decode()


@pytest.mark.parametrize("who", ["teacher", "office", "elsewhere", "other head"])
def test_settings_and_imports_are_the_owners_only(client: Client, people: People, who: str) -> None:
    browser = browser_of(client, people[who])
    answers = [browser.get(f"{HOME}reglages/")]
    answers += [browser.post(f"{HOME}{place}", {"address": "x@y.fr"}) for place in POSTS]
    for answer in answers:
        assert answer.status_code == 422
        assert "Seule la direction" in answer.content.decode()
    assert not RightRow.objects.exists()
    assert not StagedRow.objects.exists()


def test_what_changes_something_is_sent_not_linked(client: Client, people: People) -> None:
    browser = browser_of(client, people["head"])
    assert [browser.get(f"{HOME}{place}").status_code for place in POSTS] == [405] * len(POSTS)
    assert Client().get("/classes/").headers["Location"].startswith("/alogin")


def test_an_older_page_gives_no_right_back_that_another_took(client: Client, people: People) -> None:
    browser = browser_of(client, people["head"])
    rights = {
        "teacher_eleves": "own", "teacher_familles": "own", "school_life_eleves": "all",
        "school_life_familles": "all", "office_eleves": "none", "office_familles": "none",
    } | shown_on(browser.get(f"{HOME}reglages/").text)  # fmt: skip
    for change in ({"teacher_familles": "none"}, {"office_eleves": "all"}):
        assert browser.post(f"{HOME}droits/", rights | change).status_code == 302
    assert set(RightRow.objects.values_list("role", "side", "reach")) == {
        ("teacher", "familles", "none"), ("office", "eleves", "all"),
    }  # fmt: skip
    both = browser.post(f"{HOME}droits/", rights | {"teacher_familles": "all"})
    assert (both.status_code, "y a mis « à personne »" in as_typed(both.text)) == (422, True)


@pytest.mark.heavy
def test_the_owner_decides_on_the_page(client: Client, people: People) -> None:
    browser = browser_of(client, people["head"])
    rights = {
        "teacher_eleves": "own", "teacher_familles": "none", "school_life_eleves": "all",
        "school_life_familles": "all", "office_eleves": "none", "office_familles": "none",
    }  # fmt: skip
    assert browser.post(f"{HOME}droits/", rights).headers["Location"].endswith("fait=droits")
    assert list(RightRow.objects.values_list("role", "side", "reach")) == [("teacher", "familles", "none")]
    assert browser.post(f"{HOME}droits/", {**rights, "office_eleves": "own"}).status_code == 422
    browser.post(f"{HOME}personnes/", {"address": address_of(people["office"])})
    assert AllowedRow.objects.get().person_id == people["office"].person_id
    assert browser.post(f"{HOME}personnes/", {"address": address_of(people["elsewhere"])}).status_code == 422
    browser.post(f"{HOME}personnes/", {"remove": str(people["office"].person_id)})
    assert not AllowedRow.objects.exists()


@pytest.mark.heavy
def test_files_are_looked_at_then_applied_and_kept_sealed_meanwhile(client: Client, people: People) -> None:
    browser = browser_of(client, people["head"])
    given = sample_files(school(size=8), TODAY)
    browser.post(f"{HOME}import/", uploads(given))
    sealed = bytes(StagedRow.objects.get().sealed)
    assert b"ficAlimMENESR" not in sealed
    page = browser.get(f"{HOME}reglages/").content.decode()
    assert "Ce que ces fichiers changeraient" in page
    assert "40 :" in as_typed(page)
    assert PupilRow.objects.filter(roster__structure__uai=UAI).count() == 30
    browser.post(f"{HOME}import/appliquer/", {"confirm_losses": "1"})
    assert PupilRow.objects.filter(roster__structure__uai=UAI).count() == 40
    assert not StagedRow.objects.exists()
    assert "Imports faits" in browser.get(f"{HOME}reglages/").content.decode()


@pytest.mark.heavy
def test_broken_files_and_those_of_another_school_are_said(client: Client, people: People) -> None:
    browser = browser_of(client, people["head"])
    assert "Choisissez un fichier" in browser.post(f"{HOME}import/").content.decode()
    name, content = next(iter(sample_files(school(), TODAY).items()))
    browser.post(f"{HOME}import/", uploads({name: content[:-20]}))
    page = browser.get(f"{HOME}reglages/").content.decode()
    assert "fichier tronqué" in page
    assert "ligne " in page
    browser.post(f"{HOME}import/", uploads(sample_files(school(OTHER, 5), TODAY)))
    assert "un autre établissement" in browser.get(f"{HOME}reglages/").content.decode()
    browser.post(f"{HOME}import/abandonner/")
    assert not StagedRow.objects.exists()
