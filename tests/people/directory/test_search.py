"""Whom one means is found by the beginning of any of their names."""

import pytest
from tests.access.signin.people import account

from vaguemestre.people.directory.models import MailAddress, NameWord, Person
from vaguemestre.people.directory.queries import suggested_people
from vaguemestre.people.directory.rules.names import name_words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people() -> None:
    for number, (local, first, last) in enumerate(
        (
            ("delphine.preret-lefebvre", "Delphine", "Préret-Lefebvre"),
            ("jean-pierre.martin", "Jean-Pierre", "Martin"),
            ("jean.dubois", "Jean", "Dubois"),
            ("marie-elise.de-la-rochefoucauld-nguyen", "Marie-Élise", "de La Rochefoucauld-Nguyễn"),
        )
    ):
        account(username=f"u{number}", first_name=first, last_name=last)
        MailAddress.objects.filter(person__account__username=f"u{number}").update(address=f"{local}@x.test")
        person = Person.objects.get(account__username=f"u{number}")
        NameWord.objects.bulk_create(NameWord(person=person, word=word) for word in name_words(first, last))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("delph", ["Delphine Préret-Lefebvre"]),
        ("PRÉR", ["Delphine Préret-Lefebvre"]),
        ("lefeb", ["Delphine Préret-Lefebvre"]),
        ("jean", ["Jean Dubois", "Jean-Pierre Martin"]),
        ("jean dub", ["Jean Dubois"]),
        ("dubois jean", ["Jean Dubois"]),
        ("jean-pierre", ["Jean-Pierre Martin"]),
        ("jean.dubois@x", ["Jean Dubois"]),
        ("rochefouc", ["Marie-Élise de La Rochefoucauld-Nguyễn"]),
        ("nguyễn élise", ["Marie-Élise de La Rochefoucauld-Nguyễn"]),
        ("nguyen@x", ["Marie-Élise de La Rochefoucauld-Nguyễn"]),
        ("nguyen@y", []),
        ("jean@y", []),
        ("ubois", []),
        ("%", []),
        ("", []),
    ],
)
def test_names_are_found_by_their_beginnings(typed: str, found: list[str]) -> None:
    assert [listed.name for listed in suggested_people(typed, limit=8)] == found


def test_homonyms_are_told_apart_by_their_school() -> None:
    assert {listed.detail for listed in suggested_people("jean", limit=8)} == {"Collège Jean-Macé, Abbeville"}


def test_whoever_is_unlisted_is_not_found() -> None:
    Person.objects.filter(birth_name="Dubois").update(unlisted=True)
    assert suggested_people("dubois", limit=8) == ()
