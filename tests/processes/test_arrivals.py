"""What arrives at the MX is counted by a process of its own, which another one may relieve."""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.processes.machines import wait_until

from vaguemestre.engines import stand_in
from vaguemestre.processes.supervisor.companions import arrivals
from vaguemestre.site.config import PROJECT, Config

_NEGOTIATION = struct.pack("!IcIII", 13, b"O", 6, 0x1FF, 0x1FFFFF)  # as Postfix begins (milter, version 6)
type Process = subprocess.Popen[bytes]


class Arrivals:
    """Processes that are to answer at one socket, started as the plan says."""

    def __init__(self, config: Config, ends: ExitStack) -> None:
        config.run_dir.mkdir()
        self.path = config.run_dir / "milter"
        child = arrivals(config, sys.executable, self.path)
        self._argv, self._ends = child.argv, ends
        (question,) = child.ready
        self.heartbeat = Path(question.expect)

    def start(self, **environment: str) -> Process:
        variables = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), **environment}
        process = self._ends.enter_context(subprocess.Popen(self._argv, env=variables))
        self._ends.callback(process.kill)
        return process

    def who_answers(self) -> int:
        """The process that speaks with Postfix there; 0 for none."""
        with closing(socket.socket(socket.AF_UNIX)) as client:
            client.settimeout(5)
            try:
                client.connect(str(self.path))
                client.sendall(_NEGOTIATION)
                assert client.recv(64)[4:5] == b"O"
            except OSError:
                return 0
            return peer_of(client)


def peer_of(client: socket.socket) -> int:
    peer = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", peer)[0])


@pytest.fixture
def counting() -> Iterator[Arrivals]:
    """In a home whose path is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="vm-") as home, ExitStack() as ends:
        yield Arrivals(Config(home=Path(home)), ends)


def test_it_answers_postfix_and_beats_without_any_other_process_of_ours(counting: Arrivals) -> None:
    process = counting.start()
    wait_until(lambda: counting.who_answers() == process.pid)
    wait_until(counting.heartbeat.exists)


def test_one_that_stands_still_beats_no_more(counting: Arrivals) -> None:
    """Its socket still takes connections: the watchdog of its unit goes by the heartbeat."""
    process = counting.start()
    wait_until(counting.heartbeat.exists)
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    counting.heartbeat.unlink()
    with closing(socket.socket(socket.AF_UNIX)) as client:
        client.connect(str(counting.path))
        client.settimeout(1.5)
        with pytest.raises(TimeoutError):
            client.recv(1)
    assert not counting.heartbeat.exists()
    process.send_signal(signal.SIGCONT)
    wait_until(counting.heartbeat.exists)


@pytest.mark.heavy
def test_while_it_starts_again_its_stand_in_answers_and_gives_signs_of_its_own(counting: Arrivals) -> None:
    first = counting.start()
    wait_until(lambda: counting.who_answers() == first.pid)
    wait_until(counting.heartbeat.exists)
    double = counting.start(**{stand_in.VARIABLE: "yes"})
    wait_until(lambda: counting.who_answers() == double.pid)
    wait_until(Path(stand_in.heartbeat_of(str(counting.heartbeat))).exists)
    first.terminate()
    assert first.wait(60) == 0
    assert counting.who_answers() == double.pid
    second = counting.start()
    wait_until(lambda: counting.who_answers() == second.pid)
    double.terminate()
    assert double.wait(60) == 0
    assert counting.who_answers() == second.pid


def test_one_that_was_killed_leaves_nothing_that_its_successor_stumbles_over(counting: Arrivals) -> None:
    first = counting.start()
    wait_until(lambda: counting.who_answers() == first.pid)
    first.kill()
    first.wait()
    assert counting.who_answers() == 0
    second = counting.start()
    wait_until(lambda: counting.who_answers() == second.pid)
