"""UAI codes and management services (docs/domain.md §2.5, §3.1)."""

from datetime import date, timedelta

import pytest

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.places import (
    check_opening_days,
    department_label,
    parse_uai,
    service_code,
)
from vaguemestre.people.directory.values import StaffCategory

REAL = [
    "0783774D",
    "0781977A",
    "0921921N",
    "0040533H",
    "0870003F",
    "9760371Z",
    "0442953W",
    "0756036D",
    "9730570G",
]
FICTIONAL = [
    "0029001Y",
    "0029002Z",
    "0029003A",
    "0609001H",
    "0609002J",
    "0609003K",
    "0809001Z",
    "0809002A",
    "0809003B",
    "0809010J",
]


@pytest.mark.parametrize("uai", [*REAL, *FICTIONAL])
def test_right_letters_are_accepted(uai: str) -> None:
    assert parse_uai(f" {uai.lower()} ").text == uai


@pytest.mark.parametrize("uai", ["0950009E", "0950809F", "0809001A"])
def test_wrong_letters_are_told(uai: str) -> None:
    with pytest.raises(Refusal, match="directory.uai-letter-wrong"):
        parse_uai(uai)


@pytest.mark.parametrize("uai", ["", "080900Z", "0809001I", "08090011", "0809001ZZ", "٠809001Z"])
def test_other_shapes_are_not_codes(uai: str) -> None:
    with pytest.raises(Refusal, match="directory.uai-malformed"):
        parse_uai(uai)


@pytest.mark.parametrize(
    ("category", "department", "service"),
    [
        ("1D_PUBLIC", "002", "DSDEN_02"),
        ("1D_PUBLIC", "060", "DSDEN_60"),
        ("AESH", "080", "DSDEN_80"),
        ("2D_PUBLIC", "080", "DPE"),
        ("CPE", "002", "DPE"),
        ("PSYEN", "060", "DPE"),
        ("AED", "060", "DPE"),
        ("DIRECTION", "002", "DPATE"),
        ("ATSS", "080", "DPATE"),
        ("PRIVE_1D", "002", "DEEP"),
        ("PRIVE_2D", "060", "DEEP"),
    ],
)
def test_category_and_department_name_the_service(category: str, department: str, service: str) -> None:
    assert service_code(StaffCategory(category), department) == service


def test_departments_are_written_as_people_do() -> None:
    assert [department_label(d) for d in ("002", "620", "720", "971")] == ["02", "2A", "2B", "971"]


def test_a_place_does_not_close_before_it_opens() -> None:
    day = date(2026, 9, 1)
    for opened_on, closed_on in ((day, day), (None, day), (day, None), (None, None)):
        check_opening_days(opened_on, closed_on)
    with pytest.raises(Refusal, match="directory.life-backwards"):
        check_opening_days(day, day - timedelta(days=1))
