"""An officer acts on the people of their service, on nobody else's; each NUMEN shown is in the journal."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from tests.access.signin.people import NOON, account
from tests.desks.enrolment.officers import COLLEGE, academy, filed, managed_by, officer

from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.models import NumenRequest, Officer
from vaguemestre.desks.enrolment.queries import person_in
from vaguemestre.desks.enrolment.rules.civil_marks import civil_mark
from vaguemestre.desks.enrolment.services.people import MAX_STAY
from vaguemestre.desks.enrolment.values import Scope
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.models import ManagementService, NumenRow, Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import current_numen
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.values import CivilStatus, NewPerson, NumenLayout, Post

pytestmark = pytest.mark.django_db
CIVIL = CivilStatus("Mme", "Nguyễn", "", "Ngọc Ánh", date(1996, 5, 17))
NUMEN = "20E0301231ABC"
BROUGHT = "09G1412345XYZ"


@pytest.fixture
def place() -> int:
    return academy()


def scope_of(academy_id: int, code: str) -> Scope:
    service = ManagementService.objects.get(academy_id=academy_id, code=code)
    return Scope({service.pk: code}, academy_id)


def arrival(**changed: object) -> NewPerson:
    post = Post(COLLEGE, NOON.date(), NOON.date() + timedelta(days=100))
    return NewPerson("PROV-1", CIVIL, "2D_PUBLIC", (replace(post, **changed),))  # type: ignore[arg-type]


def received(place: int, person: NewPerson, *, code: str = "DPE", is_other: bool = False) -> int:
    return services.register_arrival(
        scope_of(place, code), person, "La cheffe", NumenLayout.STANDARD, numen_keys.get(), Random(1), 1024,
        by="account:1", now=NOON, is_other=is_other,
    )  # fmt: skip


def test_offices_outside_the_academie_of_a_person_are_left_and_the_others_kept(place: int) -> None:
    who = officer(place, "DPE")
    services.leave_services(who.pk, place, by="system", now=NOON)
    assert Officer.objects.filter(account=who).count() == 1
    for _ in range(2):
        services.leave_services(who.pk, place + 1, by="system", now=NOON)
    assert not Officer.objects.filter(account=who).exists()
    assert Entry.objects.filter(action="enrolment.officer-dismissed").count() == 1


def test_a_civil_status_is_corrected_in_ones_service_only(place: int) -> None:
    mine = managed_by(place, "DPE", "martin")
    correct = replace(CIVIL, birth_name="Corrigée")
    for scope, person_id in ((scope_of(place, "DPATE"), mine.person_id), (scope_of(place, "DPE"), 0)):
        with pytest.raises(Refusal, match="person-unknown"):
            corrected(scope, person_id or 0, correct)
    corrected(scope_of(place, "DPE"), mine.person_id or 0, correct)
    assert Person.objects.get(pk=mine.person_id).birth_name == "Corrigée"


def corrected(scope: Scope, person_id: int, civil: CivilStatus) -> None:
    """As somebody does who has just read the record."""
    person = person_in(scope, person_id)
    mark = civil_mark(person.civil) if person and person.civil else ""
    services.correct_person(scope, person_id, civil, numen_keys.get(), shown=mark, by="a", now=NOON)


def test_a_numen_is_shown_to_the_service_of_its_bearer_and_each_time_journaled(place: int) -> None:
    bearer = managed_by(place, "DPE", "porteuse", numen=NUMEN)
    without = managed_by(place, "DPE", "sansnumen")
    scope = scope_of(place, "DPE")

    def shown(scope: Scope, person_id: int | None) -> str:
        numen = services.reveal_numen(
            scope, person_id or 0, numen_keys.get(), "Lettre", by="account:1", now=NOON
        )
        return numen.text

    assert shown(scope, bearer.person_id) == NUMEN
    with pytest.raises(Refusal, match="no-numen"):
        shown(scope, without.person_id)
    with pytest.raises(Refusal, match="person-unknown"):
        shown(scope_of(place, "DPATE"), bearer.person_id)
    entry = Entry.objects.get(action="enrolment.numen-shown")
    assert (entry.to, entry.details) == (f"person:{bearer.person_id}", {"why": "Lettre"})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ends_on": None}, "no-end"),
        ({"ends_on": NOON.date()}, "stay-too-long"),
        ({"ends_on": NOON.date() + MAX_STAY + timedelta(days=1)}, "stay-too-long"),
        ({"uai": "0000000X"}, "school-unknown"),
    ],
)
def test_an_arrival_has_an_end_within_a_year_and_a_school(
    place: int, changed: dict[str, object], told: str
) -> None:
    before = Person.objects.count()
    with pytest.raises(Refusal, match=told):
        received(place, arrival(**changed))
    assert Person.objects.count() == before


def test_an_arrival_of_another_service_is_not_ours(place: int) -> None:
    with pytest.raises(Refusal, match="not-ours"):
        received(place, arrival(), code="DPATE")


def test_whoever_arrives_has_an_account_once_unless_they_are_said_to_be_another(place: int) -> None:
    first = received(place, arrival())
    with pytest.raises(Refusal, match="known-already"):
        received(place, arrival())
    second = received(place, replace(arrival(), dossier="PROV-2"), is_other=True)
    assert first != second
    assert {person.account.state for person in Person.objects.filter(pk__in=(first, second))} == {"pending"}
    assert Entry.objects.filter(action="enrolment.person-received").count() == 2


def test_a_forgotten_person_leaves_no_request_no_office_and_no_request_to_handle(place: int) -> None:
    who, colleague = officer(place, "DPE"), officer(place, "DPE", "collegue")
    mine, _ = filed(place)
    handled, _ = filed(place, contact="autre@perso.example")
    NumenRequest.objects.filter(pk=mine.pk).update(person=who.person)
    NumenRequest.objects.filter(pk=handled.pk).update(assignee=who)
    services.forget_person(who.pk, who.person_id or 0)
    left = NumenRequest.objects.get()
    assert (left.pk, left.assignee_id) == (handled.pk, None)
    assert [row.account_id for row in Officer.objects.all()] == [colleague.pk]


def test_a_scope_without_a_service_reaches_nobody(place: int) -> None:
    who = account("quelqu.un")
    assert not Scope({})
    assert queries.person_in(Scope({}, place), who.person_id or 0) is None


def test_somebody_who_brings_a_numen_keeps_it_and_is_given_no_other(place: int) -> None:
    brought = parse_numen(BROUGHT)
    person_id = received(place, replace(arrival(), numen=brought))
    assert current_numen(person_id, numen_keys.get()) == brought
    assert NumenRow.objects.filter(person=person_id).count() == 1
    entry = Entry.objects.get(action="directory.numen-recorded", to=f"person:{person_id}")
    assert BROUGHT not in str(entry.details)


def test_a_numen_brought_that_somebody_has_is_refused_whatever_service_manages_them(place: int) -> None:
    managed_by(place, "DPATE", "porteur", numen=BROUGHT)
    people = Person.objects.count()
    with pytest.raises(Refusal, match="numen-taken"):
        received(place, replace(arrival(), numen=parse_numen(BROUGHT)))
    with pytest.raises(Refusal, match="numen-taken"):
        services.check_arrival(
            scope_of(place, "DPE"), replace(arrival(), numen=parse_numen(BROUGHT)), numen_keys.get(), now=NOON
        )
    assert Person.objects.count() == people
