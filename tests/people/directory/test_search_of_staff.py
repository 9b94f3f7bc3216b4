"""Officers, the help desk and administrators find somebody however the name is typed."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from tests.access.signin.people import account

from vaguemestre.people.directory.models import (
    Academy,
    Assignment,
    ManagementService,
    NameWord,
    Person,
    Structure,
)
from vaguemestre.people.directory.queries import (
    PeopleFilter,
    helpdesk_people_page,
    managed_people,
    matching_people,
)
from vaguemestre.people.directory.rules.names import fold, name_words, sorted_as
from vaguemestre.people.directory.rules.spellings import spellings
from vaguemestre.people.directory.services.name_changes import index_names

pytestmark = pytest.mark.django_db

NAMES = {
    "born-oe": ("Anne", "Œuvrard", "Petit"),
    "oe": ("Hélène", "Œuvrard", ""),
    "el": ("Nadia", "El-Khatib", ""),
    "tour": ("Jeanne", "de la Tour-d’Auvergne", ""),
    "born-ss": ("Éva", "Weiß-Lefèvre", "Roy"),
}


@pytest.fixture(autouse=True)
def _people() -> None:
    for username, (first, birth, usage) in NAMES.items():
        person = account(f"u-{username}", first_name=first, last_name=birth).person
        person.usage_name, person.dossier = usage, username
        person.sorted_as = sorted_as(first, usage or birth)
        person.save()
        index_names([person])


def officers(typed: str) -> set[str]:
    service, _ = ManagementService.objects.get_or_create(
        academy=Academy.objects.get(), code="S", name="Service"
    )
    Person.objects.update(service=service)
    return {row.dossier for row in managed_people([service.pk], PeopleFilter(typed), first=0, count=9)[0]}


def desk(typed: str) -> set[str]:
    ids = [row.person_id for row in helpdesk_people_page(typed, count=9)[0]]
    return set(Person.objects.filter(pk__in=ids).values_list("dossier", flat=True))


def administrators(typed: str) -> set[str]:
    ids = matching_people(PeopleFilter(typed), limit=9)
    return set(Person.objects.filter(pk__in=ids).values_list("dossier", flat=True))


@pytest.mark.parametrize(
    ("typed", "shown", "born"),
    [
        ("oeuvrard", {"oe"}, {"born-oe"}),
        ("Œuvrard", {"oe"}, {"born-oe"}),
        ("OEUVR", {"oe"}, {"born-oe"}),
        ("elkhatib", {"el"}, set()),
        ("El Khatib", {"el"}, set()),
        ("khatib", {"el"}, set()),
        ("auvergne", {"tour"}, set()),
        ("d'auvergne", {"tour"}, set()),
        ("delatour", {"tour"}, set()),
        ("weiss", set(), {"born-ss"}),
        ("lefevre", set(), {"born-ss"}),
        ("weisslefevre", set(), {"born-ss"}),
        ("o.uvrard", set(), set()),
        ("Mme Œuvrard", {"oe"}, {"born-oe"}),
        ("M. El-Khatib", {"el"}, set()),
        ("  madame  el khatib", {"el"}, set()),
        ("nobody", set(), set()),
    ],
)
def test_the_three_searches_find_the_same_names(typed: str, shown: set[str], born: set[str]) -> None:
    assert (officers(typed), desk(typed)) == (shown | born, shown | born)
    assert administrators(typed) == shown  # who see no birth name


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("college louise", True),
        ("Collège Louise-Michel", True),
        ("khatib college", True),
        ("crepy", True),
        ("oise", True),
        ("valois", True),
        ("epy", False),
        ("mme", False),
        ("0800001z", True),
    ],
)
def test_the_help_desk_finds_a_school_without_its_accents(typed: str, *, is_found: bool) -> None:
    name, town = "Collège Louise-Michel de l’Oise, Somme", "Crépy-en-Valois"
    school = Structure.objects.create(
        academy=Academy.objects.get(), uai="0800001Z", name=name, town=town, folded=fold(f"{name} {town}")
    )
    person = Person.objects.get(dossier="el")
    Assignment.objects.filter(person=person).update(structure=school)
    assert desk(typed) == ({"el"} if is_found else set())


def test_an_erased_name_is_found_by_no_part_of_its_username() -> None:
    Person.objects.filter(dossier="el").update(erased_at="2020-01-01T00:00Z", sorted_as="u-el", birth_name="")
    assert officers("khatib") == desk("khatib") == set()


def test_names_are_indexed_by_what_follows_an_apostrophe_and_in_one_word() -> None:
    assert name_words("Jean-Luc", "d’Ormesson") == ("jean", "luc", "jeanluc", "dormesson", "ormesson")
    assert name_words("Zoé", "O'") == ("zoe", "o")
    assert max(map(len, name_words("Zoé", "Œ" * 60 + "-" + "Æ" * 39))) == 100


@pytest.mark.parametrize(
    ("typed", "name", "is_found"),
    [
        ("soeur", "Sœur", True),
        ("sœur", "Soeur", True),
        ("strauss", "STRAUẞ", True),
        ("nguyen", "Nguyễn", True),
        ("lodz", "Łódź", True),
        ("o'neil", "ONeil", True),
        ("oneil", "O’ Neil", True),
        ("thora", "Þora", True),
        ("oeuvrard", "Ouvrard", False),
        ("a.b", "axb", False),
    ],
)
def test_a_word_is_found_however_it_is_spelled(typed: str, name: str, *, is_found: bool) -> None:
    assert bool(re.search(spellings(typed), name)) == is_found


@pytest.mark.parametrize("typed", ["", "%", "-", "中文"])
def test_what_has_no_letter_has_no_spelling(typed: str) -> None:
    assert spellings(typed) == ""


def test_an_official_name_of_another_script_is_found_as_it_is_written() -> None:
    Person.objects.filter(dossier="born-oe").update(birth_name="中文")
    assert officers("中文") == desk("中文") == {"born-oe"}
    assert administrators("中文") == set()


def test_names_that_stand_are_indexed_anew() -> None:
    kept = set(NameWord.objects.values_list("person_id", "word"))
    NameWord.objects.filter(word__in=("auvergne", "elkhatib", "delatourdauvergne")).delete()
    migration = import_module("vaguemestre.people.directory.migrations.0002_more_name_words")
    for _ in range(2):
        migration.index(apps, connection.schema_editor())
    words = list(NameWord.objects.values_list("person_id", "word"))
    assert set(words) == kept
    assert len(words) == len(kept)
