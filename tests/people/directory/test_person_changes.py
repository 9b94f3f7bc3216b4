"""Addresses that come and go, people who are hidden, cards and civil statuses that change."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory import services
from vaguemestre.people.directory.models import MailAddress, NameWord, Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.services.book import change_book_card
from vaguemestre.people.directory.services.erasure import erase_civil_status
from vaguemestre.people.directory.services.person_changes import (
    add_address,
    delete_former_addresses,
    hide_people,
)
from vaguemestre.people.directory.values import CivilStatus, NewPerson, Place, Post, StaffCategory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
COLLEGE, DOMAIN = "0809001Z", "ac-amiens.test"
BY: dict[str, Any] = {"by": "account:1", "now": NOW}


@pytest.fixture
def people() -> list[int]:
    academy_id = services.found_academy("20", "Académie d’Amiens", DOMAIN, ("080",))
    services.describe_structures(academy_id, [Place(COLLEGE, "Collège Jules Verne")])
    new = [
        NewPerson(
            dossier=str(number),
            civil=CivilStatus("M.", last, "", "Jean", date(1980, 5, 4)),
            category=StaffCategory.SECOND_DEGREE_PUBLIC,
            posts=(Post(COLLEGE, date(2020, 9, 1), function="ENS"),),
        )
        for number, last in enumerate(("Martin", "Durand"))
    ]
    services.register_people(academy_id, new, numen_keys.get(), by="test", now=NOW)
    return list(Person.objects.order_by("pk").values_list("pk", flat=True))


def acts(action: str) -> int:
    return Entry.objects.filter(action=action).count()


def test_an_address_of_somebody_else_is_refused_and_a_former_one_of_theirs_sends_again(
    people: list[int],
) -> None:
    first, second = people
    address = f"jean.verne@{DOMAIN}"
    add_address(first, address, **BY)
    with pytest.raises(Refusal, match=r"directory\.address-taken"):
        add_address(second, address, **BY)
    MailAddress.objects.filter(address=address).update(may_send=False)
    add_address(first, address, **BY)
    add_address(first, address, **BY)  # it sends already
    assert MailAddress.objects.get(address=address).may_send
    assert acts("directory.address-added") == 1


def test_a_former_address_that_was_deleted_is_never_given_again(people: list[int]) -> None:
    first, second = people
    address = f"jean.verne@{DOMAIN}"
    add_address(first, address, **BY)
    delete_former_addresses(first, DOMAIN, **BY)
    delete_former_addresses(first, DOMAIN, **BY)
    assert not MailAddress.objects.filter(address=address).exists()
    assert MailAddress.objects.filter(person_id=first, is_primary=True).exists()
    assert acts("directory.addresses-forgotten") == 1
    with pytest.raises(Refusal, match=r"directory\.address-taken"):
        add_address(second, address, **BY)


def test_only_those_whose_place_in_the_directory_changes_are_recorded(people: list[int]) -> None:
    hide_people(people[:1], hidden=True, **BY)
    hide_people(people, hidden=True, **BY)
    assert acts("directory.person-hidden") == 2
    hide_people(people, hidden=False, **BY)
    assert acts("directory.person-shown") == 2
    assert not Person.objects.exclude(hidden_since=None).exists()


def test_a_card_that_stays_the_same_leaves_no_trace(people: list[int]) -> None:
    for _ in range(2):
        change_book_card(people[0], "03 22 00 00 00", unlisted=True, **BY)
    person = Person.objects.get(pk=people[0])
    assert (person.phone, person.unlisted) == ("03 22 00 00 00", True)
    assert Entry.objects.get(action="directory.card-changed").details["what"] == "phone, unlisted"


def test_a_civil_status_is_erased_once_and_leaves_the_username_to_find(people: list[int]) -> None:
    assert erase_civil_status(people[0], "jmartin", **BY)
    assert not erase_civil_status(people[0], "jmartin", **BY)
    person = Person.objects.get(pk=people[0])
    assert (person.first_name, person.birth_date, person.erased_at) == ("", None, NOW)
    assert person.hidden_since == NOW
    assert list(NameWord.objects.filter(person=person).values_list("word", flat=True)) == ["jmartin"]
    assert Person.objects.get(pk=people[1]).erased_at is None
