"""Processes that share a run of bin/check: each test runs once, in one of them."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.file_queue import FileQueue, plugin
from tests.run_order import ROOT

_CONFTEST = """
import pytest
from tests import file_queue

def pytest_configure(config):
    config.pluginmanager.register(file_queue.plugin())

@pytest.fixture
def note(request):
    with open({notes!r}, "a") as notes:
        notes.write(request.node.nodeid + "\\n")
"""
_FILE = "def test_one(note, here): ...\ndef test_two(note, here): assert {result}\n"
_HERE = "import pytest\n\n@pytest.fixture\ndef here(): ...\n"


def run(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"PYTHONPATH": str(ROOT), "VAGUEMESTRE_FILE_QUEUE": str(folder / "taken")}
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:cacheprovider", *arguments]
    return subprocess.Popen(
        argv, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four files of two tests, in folders with a fixture of their own."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(_CONFTEST.format(notes=str(tmp_path / "notes")))
    for number in range(4):
        room = tmp_path / f"room_{number % 2}"
        room.mkdir(exist_ok=True)
        (room / "conftest.py").write_text(_HERE)
        (room / f"test_{number}.py").write_text(_FILE.format(result=True))
    return tmp_path


def notes(folder: Path) -> Counter[str]:
    return Counter((folder / "notes").read_text().split())


@pytest.mark.heavy
def test_each_test_runs_once_in_one_of_the_processes(folder: Path) -> None:
    processes = [run(folder), run(folder)]
    for process in processes:
        said, _ = process.communicate(timeout=120)
        assert process.returncode in {0, pytest.ExitCode.NO_TESTS_COLLECTED}, said
    assert set(notes(folder).values()) == {1}
    assert len(notes(folder)) == 8


@pytest.mark.heavy
@pytest.mark.parametrize("content", [_FILE.format(result=False), "import nothing_of_that_name\n"])
def test_a_test_that_fails_and_a_file_that_is_not_read_fail_the_run(folder: Path, content: str) -> None:
    (folder / "room_0" / "test_0.py").write_text(content)
    process = run(folder)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == pytest.ExitCode.TESTS_FAILED, said
    assert {"room_0/test_2.py::test_two", "room_1/test_3.py::test_two"} <= set(notes(folder))


@pytest.mark.heavy
def test_what_a_mark_leaves_out_does_not_run(folder: Path) -> None:
    marked = "import pytest\n\n@pytest.mark.skipif(False, reason='')\ndef test_apart(note): ...\n"
    (folder / "room_1" / "test_apart.py").write_text(marked)
    process = run(folder, "-m", "skipif")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert notes(folder) == {"room_1/test_apart.py::test_apart": 1}


def test_a_file_is_taken_once(tmp_path: Path) -> None:
    queues = [FileQueue(tmp_path / "taken") for _ in range(2)]
    taken = [queue._takes(tmp_path / name) for queue in queues for name in ("test_a.py", "test_b.py")]
    assert taken == [True, True, False, False]


def test_a_run_that_a_test_starts_takes_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAGUEMESTRE_FILE_QUEUE", str(tmp_path / "taken"))
    assert plugin()
    assert plugin() is None
