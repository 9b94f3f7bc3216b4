"""The collector goes on, whatever one log or one reading met."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import OperationalError
from tests.own_database import give_database
from tests.processes.machines import PATIENCE_SECONDS, Machine, wait_until

from vaguemestre.post.trace.ports import ReadSteps
from vaguemestre.post.trace.values import LogPiece, LogPosition
from vaguemestre.processes import collector
from vaguemestre.site import secrets
from vaguemestre.site.config import load

STATES = """import json
from django.utils import timezone
from vaguemestre.foundation.cluster.queries import machine_states
print(json.dumps({state.name: state.as_json()["status"] for state in machine_states(timezone.now())}))
"""


def nothing(position: LogPosition) -> LogPiece:
    return LogPiece((), position, reached_end=True)


@pytest.mark.django_db
def test_a_log_that_cannot_be_read_keeps_neither_the_other_nor_the_next_look(tmp_path: Path) -> None:
    stop, looks = threading.Event(), list[str]()
    failures: list[Exception] = [ValueError("a line nobody foresaw"), OSError(), OperationalError()]

    def collect(name: str, read_steps: ReadSteps, *, now: object) -> int:
        looks.append(name)
        if name == "postfix" and failures:
            raise failures.pop()
        if len(looks) >= 8:
            stop.set()
        return 1

    heartbeat = tmp_path / "heartbeat"
    heartbeat.touch()
    collector.serve(collect, {"postfix": nothing, "dovecot": nothing}, heartbeat, stop)
    assert looks == ["postfix", "dovecot"] * 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("failure", "beats"),
    [
        (None, True),
        (OperationalError("locked"), True),  # the database's own alarms say so
        (OSError("no right"), False),
        (ValueError("a line nobody foresaw"), False),
    ],
)
def test_a_collector_that_cannot_read_a_log_gives_no_sign_of_life(
    tmp_path: Path, failure: Exception | None, beats: bool
) -> None:
    stop, heartbeat = threading.Event(), tmp_path / "heartbeat"
    heartbeat.touch()
    os.utime(heartbeat, (0, 0))

    def collect(name: str, read_steps: ReadSteps, *, now: object) -> int:
        stop.set()
        if failure and name == "postfix":
            raise failure
        return 1

    collector.serve(collect, {"postfix": nothing, "dovecot": nothing}, heartbeat, stop)
    assert (heartbeat.stat().st_mtime > 0) == beats


POD = """
[network]
trusted = ["127.0.0.0/8", "10.0.0.0/24"]

[[node]]
name = "w1"
address = "10.0.0.1"
duties = ["web", "proxy", "mx"]

[[node]]
name = "b1"
address = "10.0.0.2"
duties = ["pod"]

[[pod]]
name = "p1"
address = "127.0.0.3"
nodes = ["b1"]
"""


@pytest.fixture
def pod_machine(tmp_path: Path) -> Machine:
    """A machine that keeps the mail of a pod, and nothing else."""
    give_database(tmp_path, migrated=True)
    with (tmp_path / "vaguemestre.toml").open("a", encoding="utf-8") as file:
        file.write(POD)
    (tmp_path / "node").write_text("b1\n", encoding="utf-8")
    (tmp_path / "run").mkdir()
    secrets.make_missing(tmp_path / "secrets")
    return Machine(tmp_path, 61_000)


@pytest.mark.heavy
@pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite")
def test_on_a_machine_of_a_pod_it_tells_the_others_how_that_one_is(pod_machine: Machine) -> None:
    process = pod_machine.start("collector", "vaguemestre.processes.collector")
    try:
        states = wait_until(lambda: pod_machine.run(STATES))
        assert states == {"b1": "down"}  # its push process does not run
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@pytest.mark.heavy
def test_a_process_by_itself_finds_the_logs_of_both_engines(tmp_path: Path) -> None:
    script = (
        "import django; django.setup()\n"
        "from vaguemestre.post.trace.ports import log_readers\n"
        "print(*sorted(log_readers.get()))"
    )
    own = {"VAGUEMESTRE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings"}
    said = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **own}, capture_output=True, check=True
    )
    assert said.stdout.split() == [b"dovecot", b"postfix"]
