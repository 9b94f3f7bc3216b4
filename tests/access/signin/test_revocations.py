"""The counter every worker watches."""

import os
import subprocess
import sys
from pathlib import Path

from tests.access.signin.races import at_once

from vaguemestre.access.signin.revocations import RING_MARKS, FileRevocations, mark_of

_ELSEWHERE = """
import sys
from pathlib import Path
from vaguemestre.access.signin.revocations import FileRevocations
counter = FileRevocations(Path(sys.argv[1]))
for number in range(200):
    counter.bump([f"{sys.argv[2]}{number}"])
"""


def test_it_starts_at_nothing_and_survives_its_reader(tmp_path: Path) -> None:
    path = tmp_path / "run" / "revocations"
    first = FileRevocations(path)
    assert first.count() == 0
    first.bump()
    assert FileRevocations(path).count() == first.count() == 1


def test_no_move_is_lost_between_processes_and_threads(tmp_path: Path) -> None:
    path = tmp_path / "revocations"
    mine = FileRevocations(path)
    elsewhere = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    script = [sys.executable, "-c", _ELSEWHERE, str(path)]
    others = [subprocess.Popen([*script, name], env=elsewhere) for name in "ab"]

    def bump_often(thread: int) -> None:
        for number in range(200):
            mine.bump([f"t{thread}.{number}"])
            mine.refresh()

    at_once(4, bump_often)
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    assert mine.count() == 2 * 200 + 2 * 4 * 200
    assert mine.end_count() == 2 * 200 + 4 * 200
    names = [f"{name}{number}" for name in "ab" for number in range(200)]
    names += [f"t{thread}.{number}" for thread in range(4) for number in range(200)]
    assert mine.ended_since(0) == frozenset(map(mark_of, names))


def test_a_change_that_ends_nothing_moves_the_count_alone(tmp_path: Path) -> None:
    revocations = FileRevocations(tmp_path / "revocations")
    revocations.refresh()
    revocations.bump([])
    assert revocations.count() == 2
    assert revocations.end_count() == 0
    assert revocations.ended_since(0) == frozenset()


def test_what_ended_is_told_to_other_processes_by_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "revocations"
    here, there = FileRevocations(path), FileRevocations(path)
    here.bump(["before"])
    seen = there.end_count()
    here.bump(["one", "two"])
    assert there.ended_since(seen) == {mark_of("one"), mark_of("two")}
    assert there.ended_since(there.end_count()) == frozenset()


def test_a_reader_who_is_far_behind_looks_at_everything(tmp_path: Path) -> None:
    revocations = FileRevocations(tmp_path / "revocations")
    revocations.bump([f"s{number}" for number in range(RING_MARKS)])
    assert len(revocations.ended_since(0) or ()) == RING_MARKS
    revocations.bump(["one more"])
    assert revocations.ended_since(0) is None
    assert len(revocations.ended_since(1) or ()) == RING_MARKS


def test_when_it_is_not_known_what_ended_everything_is_looked_at(tmp_path: Path) -> None:
    revocations = FileRevocations(tmp_path / "revocations")
    for ended in (None, [f"s{number}" for number in range(RING_MARKS + 1)]):
        seen, count = revocations.end_count(), revocations.count()
        revocations.bump(ended)
        assert revocations.ended_since(seen) is None
        assert revocations.ended_since(revocations.end_count()) == frozenset()
        assert revocations.count() == count + 1


def test_the_file_of_an_older_version_is_taken_on(tmp_path: Path) -> None:
    path = tmp_path / "revocations"
    path.write_bytes((7).to_bytes(8, sys.byteorder))
    revocations = FileRevocations(path)
    assert revocations.count() == 7
    revocations.bump(["one"])
    assert revocations.ended_since(0) == {mark_of("one")}
