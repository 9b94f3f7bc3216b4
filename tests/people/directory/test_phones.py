"""A telephone number is found however it is written, and no other is."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import NOON, account

from vaguemestre.people.directory.models import Assignment, Person
from vaguemestre.people.directory.queries import BookFilter, book_page, helpdesk_people_page
from vaguemestre.people.directory.rules.phones import phone_pattern

WAYS = ("0{}", "+33{}", "+33 {}", "0033 {}", "+33 (0){}")


def written(number: str, way: int, sign: str) -> str:
    return WAYS[way].format(sign.join(number))


_NUMBERS = st.from_regex("[1-9][0-9]{8}", fullmatch=True)
_WAYS, _SIGNS = st.integers(0, len(WAYS) - 1), st.sampled_from(("", " ", ".", "-"))


@given(_NUMBERS, _WAYS, _WAYS, _SIGNS, _SIGNS)
def test_two_ways_of_writing_a_number_are_the_same(number: str, a: int, b: int, x: str, y: str) -> None:
    assert re.search(phone_pattern(written(number, a, x)), written(number, b, y))


@given(_NUMBERS, _NUMBERS, _WAYS, _WAYS)
def test_another_number_is_not_found(number: str, other: str, a: int, b: int) -> None:
    is_found = re.search(phone_pattern(written(number, a, " ")), written(other, b, "."))
    assert bool(is_found) == (number == other)


@pytest.mark.parametrize("typed", ["", "Morel", "0322", "0801234A", "12 rue", "1" * 16])
def test_words_and_short_numbers_are_no_telephone(typed: str) -> None:
    assert phone_pattern(typed) == ""


@pytest.mark.django_db
def test_a_number_is_searched_only_where_the_directory_shows_it() -> None:
    shown, unlisted = account("montree", last_name="Montree"), account("rouge", last_name="Rouge")
    for who in (shown, unlisted):
        Person.objects.filter(pk=who.person_id).update(phone="03 22 82 38 23 poste 12")
        Assignment.objects.filter(person_id=who.person_id).update(starts_on=date(2020, 9, 1), ends_on=None)
    Person.objects.filter(pk=unlisted.person_id).update(unlisted=True)
    for typed in ("+33 3 22 82 38 23", "0322.82.38", "82 38 23"):
        cards, _ = book_page(BookFilter(typed), NOON.date())
        people, total = helpdesk_people_page(typed, count=30)
        assert [card.name.rpartition(" ")[2] for card in cards] == ["Montree"]
        assert ([person.person_id for person in people], total) == ([shown.person_id], 1)
    assert book_page(BookFilter("03 22 82 38 24"), NOON.date())[0] == ()
