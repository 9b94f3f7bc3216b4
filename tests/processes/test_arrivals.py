"""What arrives at the MX is counted apart from what is submitted, and somebody always counts."""

import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.processes.machines import wait_until

_GATE = """
import sys, time
from pathlib import Path
from vaguemestre.processes.postfix.arrivals import fork_arrivals
fork_arrivals(Path(sys.argv[1]))
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-c", _GATE, str(tmp_path / "arrivals")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def who_answers(path: Path) -> int:
    """The process that listens there; 0 for none."""
    with closing(socket.socket(socket.AF_UNIX)) as client:
        try:
            client.connect(str(path))
        except OSError:
            return 0
        peer = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", peer)[0])


def test_what_arrives_is_answered_for_by_another_process(gate: subprocess.Popen[str], tmp_path: Path) -> None:
    assert who_answers(tmp_path / "arrivals") not in (0, gate.pid)


def test_one_that_ends_is_replaced_and_the_gate_goes_on(gate: subprocess.Popen[str], tmp_path: Path) -> None:
    path = tmp_path / "arrivals"
    first = who_answers(path)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: who_answers(path) not in (0, first))
    assert gate.poll() is None


def test_it_ends_with_the_gate_however_that_ends(gate: subprocess.Popen[str], tmp_path: Path) -> None:
    gate.kill()
    gate.wait()
    wait_until(lambda: who_answers(tmp_path / "arrivals") == 0)


def test_submissions_are_judged_even_if_nobody_can_answer_for_what_arrives(tmp_path: Path) -> None:
    argv = [
        sys.executable,
        "-c",
        _GATE.replace("time.sleep(600)", ""),
        str(tmp_path / "no" / "such" / "place"),
    ]
    script = argv[2].replace("fork_arrivals(", "arrivals._START_SECONDS = 1; arrivals.fork_arrivals(")
    argv[2] = script.replace(
        "from vaguemestre.processes.postfix.arrivals import fork_arrivals",
        "from vaguemestre.processes.postfix import arrivals",
    )
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (0, "ready\n")
