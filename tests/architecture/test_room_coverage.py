"""A line of a room counts when a test of that room runs it, and a room below the floor fails the run."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests import room_coverage
from tests.room_coverage import HELD, SOURCES, RoomCoverage, room_figures

pytestmark = pytest.mark.heavy  # every rule and service is parsed
ROOM = "foundation/cluster"
SERVICES = str(SOURCES / ROOM / "services.py")
EVERY_LINE = set(range(1, 1000))


def percent(folder: str) -> float:
    return next(row.percent for row in room_figures({folder: {SERVICES: EVERY_LINE}}) if row.room == ROOM)


class Terminal(SimpleNamespace):
    def section(self, title: str) -> None:
        self.lines = [title]

    def write_line(self, line: str) -> None:
        self.lines.append(line)


@pytest.mark.parametrize("folder", [ROOM, f"{ROOM}/deeper"])
def test_a_line_counts_when_a_test_of_its_room_runs_it(folder: str) -> None:
    assert percent(folder) == 100


@pytest.mark.parametrize("folder", ["foundation/jobs", "foundation/clusters", "journeys", "."])
def test_a_line_that_tests_of_another_folder_run_does_not_count(folder: str) -> None:
    assert 0 < percent(folder) < 95


@pytest.mark.parametrize("part", ["models.py", "views.py", "queries.py"])
def test_rules_and_services_alone_are_counted(part: str) -> None:
    figures = room_figures({})
    files = {path for row in figures for path in row.missed}
    assert f"{ROOM}/services.py" in files
    assert f"{ROOM}/{part}" not in files
    assert not any("views" in path.split("/") for path in files)


def test_a_room_below_the_floor_fails_the_run_if_it_is_held_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAGUEMESTRE_FAILED", str(tmp_path / "failed"))
    monkeypatch.setattr(room_coverage, "HELD", HELD - {ROOM})
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    terminal: Any = Terminal(_session=SimpleNamespace(exitstatus=pytest.ExitCode.OK))
    RoomCoverage("floor").pytest_terminal_summary(terminal)
    assert terminal._session.exitstatus == pytest.ExitCode.TESTS_FAILED
    assert "people/credentials" in terminal.lines[-1]
    assert "people/credentials" in (tmp_path / "failed").read_text("utf-8"), "bin/test says it last"
    assert ROOM not in terminal.lines[-1]
    assert any(line.endswith(f"%  {ROOM}") for line in terminal.lines[1].split("\n"))


def test_a_run_asked_for_figures_alone_fails_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    terminal: Any = Terminal(_session=SimpleNamespace(exitstatus=pytest.ExitCode.OK))
    RoomCoverage("figures").pytest_terminal_summary(terminal)
    assert terminal._session.exitstatus == pytest.ExitCode.OK
    assert any(line.endswith(f"%  {ROOM}") for line in terminal.lines[1].split("\n"))


def test_a_process_that_ran_a_part_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAGUEMESTRE_FAILED", str(tmp_path / "failed"))
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    terminal: Any = Terminal(_session=SimpleNamespace(exitstatus=pytest.ExitCode.OK), lines=[])
    RoomCoverage("floor").pytest_terminal_summary(terminal)
    assert terminal.lines == []
    assert terminal._session.exitstatus == pytest.ExitCode.OK
    assert not (tmp_path / "failed").exists()


def test_every_room_that_is_held_exists() -> None:
    assert {row.room for row in room_figures({})} >= HELD
