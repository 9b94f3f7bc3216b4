"""A test without a mark starts no program of an engine: bin/check runs where none is installed."""

import subprocess
from collections.abc import Callable

import pytest
from tests import engine_programs
from tests.engine_programs import StartedUnmarked

STARTS = {
    "by its path": lambda: subprocess.run(["/usr/bin/true"], check=True),
    "by its name": lambda: subprocess.check_output("true"),
    "under another name": lambda: subprocess.Popen(args=["false"], executable="true").wait(),
    "by a function": lambda: subprocess.call(args=("true",)),
}


@pytest.fixture(autouse=True)
def _an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_programs, "PROGRAMS", frozenset({"true"}))


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_program_of_an_engine_is_not_started(start: Callable[[], object]) -> None:
    with pytest.raises(StartedUnmarked):
        start()


def test_other_programs_are() -> None:
    subprocess.run(["echo"], check=True, capture_output=True)


@pytest.mark.heavy
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_test_that_says_so_starts_them(start: Callable[[], object]) -> None:
    start()
