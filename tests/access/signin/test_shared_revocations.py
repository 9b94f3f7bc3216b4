"""The mapped file of a machine follows the counters of the database, and no longer than it hears them."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from vaguemestre.access.signin.endings import tell_machines
from vaguemestre.access.signin.models import EndedMark, RevocationCounter
from vaguemestre.access.signin.revocations import (
    RING_MARKS,
    FileRevocations,
    mark_of,
    mark_of_signed,
    signed_mark,
)
from vaguemestre.access.signin.shared_revocations import DEAF_AFTER, SharedRevocations
from vaguemestre.site.config import load


class Database:
    """The two tables, and how often they were asked."""

    def __init__(self) -> None:
        self.changes = 0
        self.marks: list[int | None] = []  # None: not known one by one
        self.asked = 0

    def tell(self, names: Collection[str]) -> None:
        self.changes += 1
        self.marks += [mark_of(name) for name in names]

    def ask(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        self.asked += 1
        if "counter" in statement:
            return [(self.changes, len(self.marks))]
        first, end = values
        return [(signed_mark(mark),) for mark in self.marks[first:end] if mark is not None]


class Machine:
    def __init__(self, path: Path) -> None:
        self.database, self.now = Database(), 10 * DEAF_AFTER
        self.shared = SharedRevocations(
            FileRevocations(path), self.database.ask, self.database.tell, lambda: self.now
        )

    def hear(self) -> None:
        self.shared.hear(self.database.ask)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "revocations")


def test_a_machine_that_hears_asks_nothing(machine: Machine) -> None:
    machine.hear()
    asked = machine.database.asked
    machine.now += DEAF_AFTER - 1
    machine.shared.count()
    assert machine.database.asked == asked


def test_what_is_heard_moves_the_counts_and_fills_the_ring(machine: Machine) -> None:
    machine.hear()
    count, seen = machine.shared.count(), machine.shared.end_count()
    machine.database.tell(["one", "two"])
    machine.hear()
    assert machine.shared.count() != count
    assert machine.shared.ended_since(seen) == {mark_of("one"), mark_of("two")}


def test_a_machine_that_hears_nothing_asks_each_time(machine: Machine) -> None:
    machine.hear()
    machine.now += DEAF_AFTER
    for number in range(3):
        before = machine.shared.count()
        machine.database.tell([f"s{number}"])
        assert machine.shared.count() != before


def test_a_machine_that_restarted_does_not_take_its_old_clock_for_news(machine: Machine) -> None:
    machine.hear()
    machine.now = 5  # nanoseconds after the start
    before = machine.shared.count()
    machine.database.tell(["one"])
    assert machine.shared.count() != before


@pytest.mark.parametrize("marks", [[None] * (RING_MARKS + 1), [None]])
def test_endings_that_nobody_names_make_everything_looked_at(
    machine: Machine, marks: list[int | None]
) -> None:
    machine.hear()
    seen = machine.shared.end_count()
    machine.database.marks += marks
    machine.database.changes += 1
    machine.hear()
    assert machine.shared.ended_since(seen) is None


def test_a_database_that_was_restored_makes_everything_looked_at(machine: Machine) -> None:
    machine.database.tell(["one", "two"])
    machine.hear()
    seen = machine.shared.end_count()
    machine.database.marks.clear()
    machine.database.changes = 0
    machine.hear()
    assert machine.shared.ended_since(seen) is None


def test_a_process_that_read_earlier_does_not_undo_what_another_followed(machine: Machine) -> None:
    machine.hear()
    file, former = machine.shared.file, machine.shared.file.followed()
    machine.database.tell(["one"])
    machine.hear()
    file.follow(former, former._replace(changes=99), [])
    assert file.followed() == (1, 1)


@pytest.mark.parametrize("mark", [0, 1, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_mark_is_the_same_after_its_column(mark: int) -> None:
    assert -(2**63) <= signed_mark(mark) < 2**63
    assert mark_of_signed(signed_mark(mark)) == mark


@pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite")
@pytest.mark.django_db
def test_what_is_told_depends_on_the_commit() -> None:
    def told() -> tuple[int, int]:
        row = RevocationCounter.objects.filter(pk=1).first()
        return (row.changes, row.endings) if row else (0, 0)

    changes, endings = told()
    tell_machines(["one", "two"])
    assert told() == (changes + 1, endings + 2)
    with transaction.atomic():
        tell_machines(["three"])
        transaction.set_rollback(True)
    assert told() == (changes + 1, endings + 2)
    tell_machines(None)
    assert told() == (changes + 2, endings + 2 + RING_MARKS + 1)
    tell_machines([f"s{number}" for number in range(10)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM signin_endedmark WHERE number < %s", [told()[1] - RING_MARKS])
        assert cursor.fetchone()[0] == 0, "what no reader can follow is not kept"
    assert set(EndedMark.objects.order_by("-number").values_list("mark", flat=True)[:10]) == {
        signed_mark(mark_of(f"s{number}")) for number in range(10)
    }
