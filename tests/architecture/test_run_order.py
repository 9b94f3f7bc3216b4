"""Each file of tests has its turn in a run, and none waits long behind another."""

import ast
from collections import OrderedDict
from pathlib import Path
from typing import Any

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


class Process:
    """As xdist's."""

    def __init__(self) -> None:
        self.shutting_down, self.sent = False, list[int]()

    def send_runtest_some(self, indexes: list[int]) -> None:
        self.sent += indexes

    def shutdown(self) -> None:
        self.shutting_down = True


def test_no_more_processes_than_three_start_an_instance() -> None:
    names = [f"tests/journeys/test_{number}.py" for number in range(8)] + ["tests/site/test_0.py"]
    tests = [f"{name}::test_{number}" for name in names for number in range(3)]
    turns: Any = object.__new__(run_order.FilesInTurn)
    processes = [Process() for _ in range(4)]
    turns.workqueue, turns.log = OrderedDict(), lambda *_: None
    turns.assigned_work = {process: {} for process in processes}
    turns.registered_collections = dict.fromkeys(processes, tests)
    turns.collection = tests
    turns.workqueue.update({name: {test: False for test in tests if test.startswith(name)} for name in names})
    for process in processes:
        turns._assign_work_unit(process)
    *three, fourth = ([tests[index] for index in process.sent] for process in processes)
    assert all(run_order.is_journey(taken[0]) for taken in three)
    assert [test.partition("::")[0] for test in fourth] == ["tests/site/test_0.py"] * 3
    for test in fourth:
        turns.mark_test_complete(processes[3], tests.index(test))
    assert processes[3].shutting_down
    for test in [tests[index] for index in processes[0].sent]:
        turns.mark_test_complete(processes[0], tests.index(test))
    assert len(processes[0].sent) > 3
    assert not processes[0].shutting_down


def test_a_process_with_an_instance_takes_nothing_else_before_the_last_journey() -> None:
    """A test from elsewhere between two journeys ends the instance: the next starts another."""
    names = [LONG, "tests/journeys/test_t07_every_page_is_accessible.py", "tests/site/test_short.py"]
    turns: Any = object.__new__(run_order.FilesInTurn)
    process, tests = Process(), [f"{name}::test_it" for name in names]
    turns.workqueue = OrderedDict({name: {f"{name}::test_it": False} for name in names})
    turns.log, turns.collection, turns.assigned_work = lambda *_: None, tests, {process: {}}
    turns.registered_collections = {process: tests}
    for _ in names:
        turns._assign_work_unit(process)
    assert process.sent == [0, 1, 2]


@pytest.mark.parametrize(
    ("held", "taken"), [([], "first.py"), (["first.py"], "first.py"), ([LONG], "short.py")]
)
def test_a_short_file_waits_behind_a_long_one(
    monkeypatch: pytest.MonkeyPatch, held: list[str], taken: str
) -> None:
    monkeypatch.setattr(run_order, "measured", lambda: {LONG: 201.0, "first.py": 12.0, "second.py": 6.0})
    assert run_order.next_unit(["first.py", "second.py", "short.py", "last.py"], held) == taken
    assert run_order.next_unit(["first.py", "second.py"], held) == "first.py"
