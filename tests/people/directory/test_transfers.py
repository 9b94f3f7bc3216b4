"""Somebody who goes to another académie of the installation keeps their NUMEN, and is named anew there."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.people.directory.test_services import new

from vaguemestre.people.directory import queries, services
from vaguemestre.people.directory.models import Assignment, MailAddress, NumenRow, Person, TakenName
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.academies import ACADEMIES
from vaguemestre.people.directory.rules.names import gateway_local, is_gateway
from vaguemestre.people.directory.rules.places import department_name
from vaguemestre.people.directory.services.erasure import erase_civil_status
from vaguemestre.people.directory.services.names import take_technical_names
from vaguemestre.people.directory.values import NewPerson, Place, Post, Transferred

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BY: dict[str, Any] = {"by": "feed", "now": NOW}
NUMEN = "20E9501234ABC"
HERE, THERE = "0809001Z", "0599001Y"


@pytest.fixture
def academies() -> tuple[int, int]:
    amiens = services.found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("080",))
    lille = services.found_academy("09", "Académie de Lille", "ac-lille.test", ("059",))
    services.describe_structures(amiens, [Place(HERE, "Collège Jules Verne")])
    services.describe_structures(lille, [Place(THERE, "Lycée Faidherbe")])
    return amiens, lille


def coming(person: NewPerson, uai: str) -> NewPerson:
    post = Post(uai, date(2026, 9, 1), function="ENS")
    return NewPerson(f"{uai}-{person.dossier}", person.civil, person.category, (post,), person.numen)


def transfer(person_id: int, academy_id: int, person: NewPerson, username: str = "") -> Transferred:
    return services.transfer_person(person_id, academy_id, person, numen_keys.get(), username=username, **BY)


@pytest.fixture
def jean(academies: tuple[int, int]) -> NewPerson:
    person = new("D1", numen=NUMEN)
    services.register_person(academies[0], person, numen_keys.get(), **BY)
    return person


def test_the_former_address_still_receives_and_the_new_one_sends(
    academies: tuple[int, int], jean: NewPerson
) -> None:
    row = Person.objects.get()
    moved = transfer(row.pk, academies[1], coming(jean, THERE))
    assert moved == Transferred("ac-amiens.test", "jmartin1", "jean.martin@ac-lille.test")
    former = MailAddress.objects.get(address="jean.martin@ac-amiens.test")
    assert (former.person_id, former.is_primary, former.may_send) == (row.pk, False, False)
    row.refresh_from_db()
    assert (row.academy_id, row.dossier) == (academies[1], f"{THERE}-D1")


def test_posts_of_the_former_academie_end_the_day_before_and_the_numen_stays(
    academies: tuple[int, int], jean: NewPerson
) -> None:
    row = Person.objects.get()
    transfer(row.pk, academies[1], coming(jean, THERE))
    posts = Assignment.objects.order_by("starts_on").values_list("structure__uai", "ends_on")
    assert list(posts) == [(HERE, date(2026, 8, 31)), (THERE, None)]
    assert NumenRow.objects.get().person_id == row.pk


def test_somebody_who_comes_back_has_their_names_again(academies: tuple[int, int], jean: NewPerson) -> None:
    row = Person.objects.get()
    transfer(row.pk, academies[1], coming(jean, THERE))
    count = TakenName.objects.count()
    back = transfer(row.pk, academies[0], coming(jean, HERE))
    assert (back.username, back.address) == ("jmartin", "jean.martin@ac-amiens.test")
    assert TakenName.objects.count() == count


def test_a_username_that_is_given_is_kept(academies: tuple[int, int], jean: NewPerson) -> None:
    moved = transfer(Person.objects.get().pk, academies[1], coming(jean, THERE), username="jmartin7")
    assert moved.username == "jmartin7"


def test_an_erased_person_is_found_again_by_name_and_numen(
    academies: tuple[int, int], jean: NewPerson
) -> None:
    row = Person.objects.get()
    assert erase_civil_status(row.pk, "jmartin", **BY)
    assert not bytes(NumenRow.objects.get().ciphertext)
    transfer(row.pk, academies[1], coming(jean, THERE))
    row.refresh_from_db()
    assert (row.first_name, row.erased_at) == ("Jean", None)
    assert bytes(NumenRow.objects.get().ciphertext)
    assert queries.suggested_people("martin", limit=5)


def test_the_names_of_an_account_of_nobody_are_never_given_to_anybody(academies: tuple[int, int]) -> None:
    for _ in range(2):
        take_technical_names("jmartin", "jmartin@ac-amiens.test")
    registered = services.register_person(academies[0], new("D2"), numen_keys.get(), **BY)
    assert registered.names.username != "jmartin"


def test_a_gateway_address_is_told_from_any_other() -> None:
    assert is_gateway(f"{gateway_local('0123456789ab')}@ac-amiens.test")
    assert not is_gateway("jean.martin@ac-amiens.test")


def test_a_department_is_named_with_its_number() -> None:
    assert department_name("002") == "Aisne (02)"
    assert department_name("099") == "99"


def test_no_department_belongs_to_two_academies() -> None:
    departments = [code for academy in ACADEMIES.values() for code in academy.departments]
    assert len(departments) == len(set(departments))
