"""Académies, services and establishments, as administrators change them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory import services
from vaguemestre.people.directory.models import Academy, ManagementService, Structure
from vaguemestre.people.directory.services.structures import (
    change_structure,
    describe_service,
    open_structure,
    rename_academy,
)
from vaguemestre.people.directory.values import Place

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
OPENED, CLOSED = date(2020, 9, 1), date(2027, 8, 31)
BY: dict[str, Any] = {"by": "account:1", "now": NOW}


@pytest.fixture
def academy() -> int:
    return services.found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))


def opened(academy: int, uai: str) -> int:
    return open_structure(academy, Place(uai, "Collège Jules Verne", town="Amiens"), OPENED, **BY)


def change(structure: int, successor: str = "", closed_on: date | None = CLOSED, name: str = "") -> None:
    description = {"name": name} if name else {}
    change_structure(structure, description, (OPENED, closed_on), successor, **BY)


def acts() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def test_an_academie_renamed_to_its_own_name_leaves_no_trace(academy: int) -> None:
    rename_academy(academy, "Académie de Picardie", **BY)
    rename_academy(academy, "Académie de Picardie", **BY)
    assert Academy.objects.get(pk=academy).name == "Académie de Picardie"
    assert acts().count("directory.academy-renamed") == 1


def test_the_journal_names_what_changed_of_a_service_and_nothing_else(academy: int) -> None:
    service = ManagementService.objects.filter(academy_id=academy).earliest("pk")
    described = {"name": service.name, "phone": "03 22 82 38 23"}
    describe_service(service.pk, described, **BY)
    describe_service(service.pk, described, **BY)
    entry = Entry.objects.get(action="directory.service-described")
    assert entry.details["what"] == "phone"
    service.refresh_from_db()
    assert service.phone == "03 22 82 38 23"


def test_an_establishment_is_opened_once_in_the_department_of_its_number(academy: int) -> None:
    row = Structure.objects.get(pk=opened(academy, "0809001Z"))
    assert (row.department, row.opened_on) == ("080", OPENED)
    with pytest.raises(Refusal, match=r"directory\.uai-known"):
        opened(academy, "0809001Z")


def test_an_establishment_that_closes_may_name_who_follows_it(academy: int) -> None:
    former, next_one = opened(academy, "0809001Z"), opened(academy, "0609001H")
    change(former, "0609001H", name="Collège Verne")
    row = Structure.objects.get(pk=former)
    assert (row.successor_id, row.closed_on, row.name) == (next_one, CLOSED, "Collège Verne")
    change(former, "0609001H", name="Collège Verne")
    assert acts().count("directory.structure-changed") == 1
    change(former)
    assert Structure.objects.get(pk=former).successor_id is None


@pytest.mark.parametrize(
    ("successor", "closed_on", "code"),
    [
        ("", date(2019, 8, 31), "life-backwards"),
        ("0609001H", None, "successor-too-soon"),
        ("0029999X", CLOSED, "successor-unknown"),
        ("0809001Z", CLOSED, "successor-itself"),
    ],
)
def test_a_life_that_cannot_be_is_refused(
    academy: int, successor: str, closed_on: date | None, code: str
) -> None:
    structure = opened(academy, "0809001Z")
    opened(academy, "0609001H")
    with pytest.raises(Refusal, match=rf"directory\.{code}"):
        change(structure, successor, closed_on)


def test_successors_never_form_a_circle(academy: int) -> None:
    first, second, third = (opened(academy, uai) for uai in ("0809001Z", "0609001H", "0029001A"))
    change(first, "0609001H")
    change(second, "0029001A")
    with pytest.raises(Refusal, match=r"directory\.successor-circular"):
        change(third, "0809001Z")
