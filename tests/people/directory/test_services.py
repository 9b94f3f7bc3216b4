"""People registered, named and changed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.foundation.journal.chain import sealed_journal

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory import queries, services
from vaguemestre.people.directory.models import MailAddress, NumenRow, Person, TakenName
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.numen_vault import digest, keys_from
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.values import (
    CivilStatus,
    NewPerson,
    NumenLayout,
    PersonChange,
    Place,
    Post,
    StaffCategory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
COLLEGE, SCHOOL = "0809001Z", "0609001H"
DOMAIN = "ac-amiens.test"


@pytest.fixture
def academy() -> int:
    academy_id = services.found_academy("20", "Académie d’Amiens", DOMAIN, ("002", "060", "080"))
    services.describe_structures(academy_id, [Place(COLLEGE, "Collège Jules Verne"), Place(SCHOOL)])
    return academy_id


def new(
    dossier: str, first: str = "Jean", last: str = "Martin", numen: str = "", usage: str = ""
) -> NewPerson:
    return NewPerson(
        dossier=dossier,
        civil=CivilStatus("M.", last, usage, first, date(1980, 5, 4)),
        category=StaffCategory.SECOND_DEGREE_PUBLIC,
        posts=(Post(COLLEGE, date(2020, 9, 1), function="ENS"),),
        numen=parse_numen(numen) if numen else None,
    )


def register(academy: int, *people: NewPerson) -> list[str]:
    done = services.register_people(academy, people, numen_keys.get(), by="test", now=NOW)
    return [one.names.username for one in done]


def change(**what: object) -> None:
    services.change_person(PersonChange(**what), numen_keys.get(), by="test", now=NOW)  # type: ignore[arg-type]


def test_an_academie_is_founded_once_with_its_services(academy: int) -> None:
    again = services.found_academy("20", "Académie d’Amiens", DOMAIN, ("002", "060", "080"))
    assert again == academy
    assert sorted(queries.service_ids(academy)) == [
        "DEEP",
        "DPATE",
        "DPE",
        "DSDEN_02",
        "DSDEN_60",
        "DSDEN_80",
    ]


def test_namesakes_are_numbered_in_one_batch_and_in_the_next(academy: int) -> None:
    assert register(academy, new("1"), new("2"), new("3", "Jacques")) == ["jmartin", "jmartin1", "jmartin2"]
    assert register(academy, new("4")) == ["jmartin3"]
    shown = [queries.primary_address(p.pk) for p in Person.objects.order_by("dossier")]
    assert shown == [
        f"{local}@{DOMAIN}" for local in ("jean.martin", "jean.martin1", "jacques.martin", "jean.martin2")
    ]


def test_many_namesakes_go_beyond_the_first_numbers_asked_about(academy: int) -> None:
    names = register(academy, *(new(str(n)) for n in range(60)))
    assert names == ["jmartin", *(f"jmartin{n}" for n in range(1, 60))]
    assert register(academy, new("60")) == ["jmartin60"]


def test_after_many_namesakes_the_next_is_looked_for_near_its_number_and_is_the_first_free_one(
    academy: int, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        register(academy, *(new(str(n)) for n in range(60)))
    with CaptureQueriesContext(connection) as asked:
        assert register(academy, new("60"), new("61")) == ["jmartin60", "jmartin61"]
    assert not any("'jmartin3'" in query["sql"] for query in asked)
    # rolled back, or another database: what is remembered does not hold
    TakenName.objects.filter(name__startswith="jmartin").delete()
    assert register(academy, new("62")) == ["jmartin"]


def test_a_name_is_never_given_again_whoever_left(academy: int) -> None:
    register(academy, new("1"))
    Person.objects.all().delete()
    assert register(academy, new("2")) == ["jmartin1"]


def test_an_address_given_to_a_function_is_not_given_to_a_person(academy: int) -> None:
    services.take_address(None, f"jean.martin@{DOMAIN}")
    services.take_address(None, f"jmartin@{DOMAIN}")
    assert register(academy, new("1")) == ["jmartin1"]
    assert queries.primary_address(Person.objects.get().pk) == f"jean.martin1@{DOMAIN}"
    with pytest.raises(Refusal, match="directory.address-taken"):
        services.take_address(None, f"jean.martin1@{DOMAIN}")


def test_a_long_name_loses_letters_never_its_number(academy: int) -> None:
    last = "Montgolfier" * 4
    first, second = register(academy, new("1", "Zoé", last), new("2", "Zoé", last))
    assert (len(first), len(second)) == (32, 32)
    assert second == first[:-1] + "1"


def test_the_same_dossier_or_numen_twice_is_not_written(academy: int) -> None:
    register(academy, new("1", numen="20E9501234ABC"))
    for twin in (new("1", "Zoé"), new("2", "Zoé", numen="20E9501234ABC")):
        with pytest.raises(IntegrityError), transaction.atomic():
            register(academy, twin)
    assert Person.objects.count() == 1


def test_a_numen_is_kept_sealed_and_found(academy: int) -> None:
    register(academy, new("1", numen="20E9501234ABC"))
    person, keys = Person.objects.get(), numen_keys.get()
    assert queries.person_by_numen(digest(parse_numen("20e9501234abc"), keys)) == person
    assert queries.current_numen(person.pk, keys) == parse_numen("20E9501234ABC")
    assert b"01234" not in bytes(NumenRow.objects.get().ciphertext)
    assert not Entry.objects.filter(details__icontains="01234").exists()


def test_a_new_name_brings_an_address_and_the_former_one_only_receives(academy: int) -> None:
    register(academy, new("1", "Claire", "Durand"))
    person = Person.objects.get()
    married = CivilStatus("Mme", "Durand", "Petit", "Claire", date(1980, 5, 4))
    change(person_id=person.pk, civil=married)
    rows = {a.address: (a.is_primary, a.may_send) for a in MailAddress.objects.all()}
    assert rows == {f"claire.petit@{DOMAIN}": (True, True), f"claire.durand@{DOMAIN}": (False, False)}
    assert TakenName.objects.filter(kind="username").get().name == "cdurand"
    change(person_id=person.pk, civil=CivilStatus("Mme", "Durand", "", "Claire", date(1980, 5, 4)))
    assert queries.primary_address(person.pk) == f"claire.durand@{DOMAIN}"
    assert MailAddress.objects.count() == 2


def test_a_corrected_birth_date_changes_no_address(academy: int) -> None:
    register(academy, new("1"))
    person = Person.objects.get()
    change(person_id=person.pk, civil=CivilStatus("M.", "Martin", "", "Jean", date(1980, 5, 5)))
    assert MailAddress.objects.get().is_primary


def test_the_service_follows_category_and_primary_post(academy: int) -> None:
    register(academy, new("1"))
    person = Person.objects.get()
    assert person.service is not None
    assert person.service.code == "DPE"
    change(
        person_id=person.pk,
        category=StaffCategory.FIRST_DEGREE_PUBLIC,
        posts=(Post(COLLEGE, date(2020, 9, 1), date(2026, 8, 31), "ENS"), Post(SCHOOL, date(2026, 9, 1))),
    )
    person.refresh_from_db()
    assert person.service is not None
    assert person.service.code == "DSDEN_60"


def test_a_numen_replaced_stays_in_the_history(academy: int) -> None:
    register(academy, new("1", numen="20E9501234ABC"))
    person, keys = Person.objects.get(), numen_keys.get()
    services.record_numen(person.pk, parse_numen("09G0100001XYZ"), keys, by="test", now=NOW)
    assert queries.person_by_numen(digest(parse_numen("20E9501234ABC"), keys)) == person
    assert queries.current_numen(person.pk, keys) == parse_numen("09G0100001XYZ")
    services.record_numen(person.pk, parse_numen("20E9501234ABC"), keys, by="test", now=NOW)
    assert NumenRow.objects.filter(is_current=True).count() == 1
    assert NumenRow.objects.count() == 2


def test_a_numen_is_issued_once_and_never_that_of_somebody_else(academy: int) -> None:
    register(academy, new("1"), new("2", numen="20E9501234ABC"))
    person, keys = Person.objects.get(dossier="1"), numen_keys.get()
    with pytest.raises(Refusal, match="directory.numen-of-somebody-else"):
        services.record_numen(person.pk, parse_numen("20E9501234ABC"), keys, by="test", now=NOW)
    issued = services.issue_numen(person.pk, NumenLayout.SEED, keys, Random(1), by="test", now=NOW)
    assert issued.text.startswith("2620")
    with pytest.raises(Refusal, match="directory.numen-held-already"):
        services.issue_numen(person.pk, NumenLayout.SEED, keys, Random(1), by="test", now=NOW)


def test_numens_are_sealed_again_with_a_new_key(academy: int) -> None:
    old, rotated = keys_from("old"), keys_from("new", "old")
    services.register_people(academy, [new("1", numen="20E9501234ABC")], old, by="test", now=NOW)
    (count, reached) = services.reseal_numens(rotated, by="test", now=NOW)
    assert (count, services.reseal_numens(rotated, reached, by="test", now=NOW)) == (1, (0, 0))
    assert services.reseal_numens(rotated, by="test", now=NOW)[0] == 0
    assert queries.current_numen(Person.objects.get().pk, rotated) == parse_numen("20E9501234ABC")


def test_establishments_are_better_known_each_time_never_less(academy: int) -> None:
    assert services.describe_structures(academy, [Place(SCHOOL, "École Les Tilleuls", town="Beauvais")]) == 1
    assert services.describe_structures(academy, [Place(SCHOOL)]) == 0
    assert services.describe_structures(academy, [Place(SCHOOL, "École Les Tilleuls")]) == 0


def test_every_act_is_in_the_journal_and_the_chain_holds(academy: int) -> None:
    register(academy, new("1", numen="20E9501234ABC"), new("2"))
    change(person_id=Person.objects.get(dossier="1").pk, dossier="9")
    actions = list(Entry.objects.values_list("action", flat=True))
    assert actions == ["directory.person-registered"] * 2 + ["directory.person-changed"]
    assert sealed_journal().holds


def test_many_people_of_a_new_name_are_changed_with_one_question_each(academy: int) -> None:
    def asked_for(many: int, name: str) -> int:
        ids = list(Person.objects.order_by("pk").values_list("pk", flat=True)[:many])
        changes = [
            PersonChange(pk, civil=CivilStatus("M.", name, "", "Jean", date(1980, 5, 4))) for pk in ids
        ]
        with CaptureQueriesContext(connection) as asked:
            services.change_people(changes, numen_keys.get(), by="test", now=NOW)
        return len(asked)

    register(academy, *(new(str(n)) for n in range(30)))
    assert asked_for(30, "Durand") - asked_for(10, "Dupont") == 20
    held = [queries.primary_address(p.pk) for p in Person.objects.order_by("pk")]
    assert held[:2] + held[10:12] == [
        f"jean.{local}@{DOMAIN}" for local in ("dupont", "dupont1", "durand10", "durand11")
    ]
    assert len(set(held)) == 30
