"""The counter every worker watches."""

import os
import subprocess
import sys
from pathlib import Path

from tests.access.signin.races import at_once

from vaguemestre.access.signin.revocations import FileRevocations

_ELSEWHERE = """
import sys
from pathlib import Path
from vaguemestre.access.signin.revocations import FileRevocations
counter = FileRevocations(Path(sys.argv[1]))
for _ in range(200):
    counter.bump()
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
    others = [subprocess.Popen(script, env=elsewhere) for _ in range(2)]

    def bump_often(_: int) -> None:
        for _ in range(200):
            mine.bump()

    at_once(4, bump_often)
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    assert mine.count() == 2 * 200 + 4 * 200
