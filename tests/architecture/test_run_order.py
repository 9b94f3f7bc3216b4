"""Each file of tests has its turn in a run, and none waits long behind another."""

import ast
from pathlib import Path

import pytest
from tests import run_order

JOURNEYS = run_order.ROOT / "tests" / "journeys"
LONG = "tests/journeys/test_t24_a_list_reaches_each_once.py"


def _marks_of(file: Path) -> set[str]:
    """The marks that a file gives to all its tests."""
    for statement in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            return {node.attr for node in ast.walk(statement.value) if isinstance(node, ast.Attribute)}
    return set()


def test_the_files_whose_seconds_are_known_exist() -> None:
    assert [name for name in run_order.measured() if not (run_order.ROOT / name).exists()] == []


def test_one_process_takes_every_journey_without_a_browser() -> None:
    without = {file for file in JOURNEYS.glob("test_*.py") if "browser" not in _marks_of(file)}
    assert {file.relative_to(run_order.ROOT).as_posix() for file in without} <= run_order.ON_ONE_INSTANCE
    assert all((run_order.ROOT / name).exists() for name in run_order.ON_ONE_INSTANCE)
    assert len({run_order.unit_of(name) for name in run_order.ON_ONE_INSTANCE}) == 1


@pytest.mark.parametrize(
    ("held", "taken"), [([], "first.py"), (["first.py"], "first.py"), ([LONG], "short.py")]
)
def test_a_short_file_waits_behind_a_long_one(
    monkeypatch: pytest.MonkeyPatch, held: list[str], taken: str
) -> None:
    monkeypatch.setattr(run_order, "measured", lambda: {LONG: 201.0, "first.py": 12.0, "second.py": 6.0})
    assert run_order.next_unit(["first.py", "second.py", "short.py", "last.py"], held) == taken
    assert run_order.next_unit(["first.py", "second.py"], held) == "first.py"
