"""A run shared by xdist tells what one process would: what it leaves out is read by nobody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.run_order import ROOT
from tests.worker_reports import is_read

_CONFTEST = """
import pytest
from tests import worker_reports

def pytest_configure(config):
    worker_reports.leave_out_what_nobody_reads(config)

@pytest.fixture
def fails_before():
    raise ValueError("before")

@pytest.fixture
def fails_after():
    yield
    raise ValueError("after")

@pytest.fixture
def slow():
    import time
    time.sleep(0.02)  # a set-up that takes longer than what nobody is told of
"""
_TESTS = """
def test_passes(): ...
def test_fails(): assert False
def test_cannot_begin(fails_before): ...
def test_cannot_end(fails_after): ...
def test_waits(slow): ...
"""


@pytest.mark.heavy
def test_what_failed_beside_a_test_and_what_took_long_is_told(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(_CONFTEST)
    (tmp_path / "test_things.py").write_text(_TESTS)
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "no:django", "--durations=5"],
        cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    assert "1 failed, 3 passed, 2 errors" in said, said
    assert all(f"ValueError: {when}" in said for when in ("before", "after")), said
    assert "s setup    test_things.py::test_waits" in said, said


@pytest.mark.parametrize(
    ("when", "outcome", "seconds", "read"),
    [
        ("call", "passed", 0.0, True),
        ("setup", "passed", 0.0, False),
        ("teardown", "passed", 0.0, False),
        ("setup", "passed", 0.3, True),
        ("setup", "skipped", 0.0, True),
        ("teardown", "failed", 0.0, True),
    ],
)
def test_fixtures_that_did_well_at_once_are_not_told(when, outcome, seconds, read) -> None:
    report = pytest.TestReport(
        "test_x.py::test_x", ("test_x.py", 1, "test_x"), {}, outcome, None, when, duration=seconds
    )
    assert is_read(report) is read
