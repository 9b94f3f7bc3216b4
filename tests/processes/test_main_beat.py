"""The heartbeat of the main process of a pool."""

import os
import sys
from pathlib import Path
from subprocess import PIPE, Popen, run

import pytest

from vaguemestre.engines import stand_in
from vaguemestre.processes import main_beat

# The child of the fork says what it has of the timer, then the main process does.
POOL = """
import os, signal
from vaguemestre.processes import main_beat
main_beat.begin()
if os.fork() == 0:
    print("child", signal.getitimer(signal.ITIMER_REAL)[1], flush=True)
    os._exit(0)
os.wait()
print("main", signal.getitimer(signal.ITIMER_REAL)[1], flush=True)
"""

# It ends while it beats much faster than a pool does, and takes its time over what it loaded.
ENDING_POOL = """
import asyncio, email, http.client, json, ssl
from vaguemestre.processes import main_beat
main_beat._EVERY_SECONDS = 0.000_5
main_beat.begin()
"""


def said(environment: dict[str, str]) -> str:
    with Popen(
        [sys.executable, "-c", POOL], env={**os.environ, **environment}, stdout=PIPE, text=True
    ) as pool:
        return pool.communicate()[0]


def test_the_main_process_beats_and_its_children_do_not(tmp_path: Path) -> None:
    file = tmp_path / "web.heartbeat"
    assert said({main_beat.VARIABLE: str(file)}) == "child 0.0\nmain 5.0\n"
    assert file.exists()


@pytest.mark.parametrize("environment", [{}, {main_beat.VARIABLE: "x", stand_in.VARIABLE: "yes"}])
def test_nobody_beats_for_another(environment: dict[str, str]) -> None:
    assert said(environment) == "child 0.0\nmain 0.0\n"


def test_a_folder_that_is_gone_stops_the_beat_and_not_the_pool(tmp_path: Path) -> None:
    assert said({main_beat.VARIABLE: str(tmp_path / "gone" / "web.heartbeat")}).endswith("main 5.0\n")


@pytest.mark.heavy
def test_a_pool_that_ends_is_not_killed_by_its_beat(tmp_path: Path) -> None:
    environment = {**os.environ, main_beat.VARIABLE: str(tmp_path / "web.heartbeat")}
    ends = [run([sys.executable, "-c", ENDING_POOL], env=environment, check=False) for _ in range(5)]
    assert [end.returncode for end in ends] == [0] * 5
