"""Who may be one human under two spellings or one slip: told to a human, never decided."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vaguemestre.people.directory import services
from vaguemestre.people.directory.models import Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import similar_people
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.similarity import (
    MatchReason,
    are_near_dates,
    identity_of,
    is_near_name,
    match_reason,
)
from vaguemestre.people.directory.values import CivilStatus, NewPerson, Place, Post, StaffCategory

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BORN = date(1990, 5, 14)
COLLEGE, SCHOOL = "0809001Z", "0609001H"


def civil(last: str, first: str = "Camille", born: date = BORN, usage: str = "") -> CivilStatus:
    return CivilStatus("Mme", last, usage, first, born)


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("Delattre", "Delâtre", True),
        ("Lefèvre", "Lefebvre", True),
        ("Dupond", "Dupont", True),
        ("Martin", "Matrin", True),
        ("Marie", "Marie-Claire", True),
        ("Le Goff", "Legoff", True),
        ("Vandenbroucke", "Vandenbrouque", True),
        ("Léo", "Léa", False),
        ("Petit", "Pelletier", False),
        ("Martin", "Marin-Duval", False),
        ("", "Petit", False),
    ],
)
def test_names_a_slip_apart_are_near(one: str, other: str, is_near: bool) -> None:
    assert is_near_name(fold(one), fold(other)) is is_near
    assert is_near_name(fold(other), fold(one)) is is_near


@pytest.mark.parametrize(
    ("other", "are_near"),
    [
        (date(1990, 5, 14), True),
        (date(1990, 5, 15), True),
        (date(1980, 5, 14), True),
        (date(1909, 5, 14), True),  # 90 turned round
        (date(1990, 5, 25), False),
        (date(1988, 5, 14), False),
        (date(1991, 6, 14), False),
    ],
)
def test_dates_a_slip_apart_are_near(other: date, are_near: bool) -> None:
    assert are_near_dates(BORN, other) is are_near
    assert are_near_dates(other, BORN) is are_near


def test_day_and_month_turned_round_are_a_slip() -> None:
    assert are_near_dates(date(1990, 5, 11), date(1990, 11, 5))


@pytest.mark.parametrize(
    ("other", "uai", "reason"),
    [
        (civil("DELATTRE"), SCHOOL, MatchReason.SAME),
        (civil("Roy", usage="Delattre"), SCHOOL, MatchReason.SAME),
        (civil("Delâtre"), SCHOOL, MatchReason.NAMES),
        (civil("Camille", "Delattre"), SCHOOL, MatchReason.NAMES),
        (civil("Delattre", born=date(1990, 5, 15)), COLLEGE, MatchReason.BIRTH_DATE),
        (civil("Delattre", born=date(1961, 1, 2)), COLLEGE, MatchReason.SCHOOL),
        (civil("Delatre", born=date(1990, 5, 15)), COLLEGE, MatchReason.SCHOOL),
        (civil("Delattre", born=date(1990, 5, 15)), SCHOOL, MatchReason.NAMESAKE),
        (civil("Delattre", "Bruno"), COLLEGE, None),
        (civil("Petit"), COLLEGE, None),
    ],
)
def test_two_people_are_alike_for_a_reason(other: CivilStatus, uai: str, reason: MatchReason | None) -> None:
    one, two = identity_of(civil("Delattre"), (COLLEGE,)), identity_of(other, (uai,))
    assert match_reason(one, two) is reason
    assert match_reason(two, one) is reason


@pytest.mark.django_db
def test_whoever_is_near_is_found_whatever_the_birth_date_typed() -> None:
    academy = services.found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("060", "080"))
    services.describe_structures(academy, [Place(COLLEGE), Place(SCHOOL)])
    people = [
        ("D1", civil("Delattre", born=date(1971, 2, 3)), COLLEGE),
        ("D2", civil("Delatre"), SCHOOL),
        ("D3", civil("Delattre", born=date(1950, 1, 1)), SCHOOL),
        ("D4", civil("Petit"), COLLEGE),
        ("D5", civil("Delattre"), SCHOOL),
    ]
    services.register_people(
        academy,
        [
            NewPerson(dossier, who, StaffCategory.CPE, (Post(uai, date(2020, 9, 1)),))
            for dossier, who, uai in people
        ],
        numen_keys.get(),
        by="test",
        now=NOW,
    )
    with CaptureQueriesContext(
        connection,
    ) as questions:
        near = similar_people(academy, civil("DELATTRE"), (COLLEGE,))
    assert [(one.person.dossier, one.reason) for one in near] == [
        ("D5", MatchReason.SAME),
        ("D2", MatchReason.NAMES),
        ("D1", MatchReason.SCHOOL),
        ("D3", MatchReason.NAMESAKE),
    ]
    assert len(questions) <= 5
    Person.objects.update(erased_at=NOW)
    assert similar_people(academy, civil("DELATTRE"), (COLLEGE,)) == ()
