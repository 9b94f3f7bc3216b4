"""Six faults of a seed on eight machines under load: ten minutes, once the machines are there.

`python bench/drill.py make` makes them and keeps their disks; so does this test when there are none.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.drills import cluster, records
from bench.drills.accounts import Account
from bench.drills.drive import Drive

pytestmark = [pytest.mark.machines, pytest.mark.timeout(7200)]

SEED, FAULTS = 20, 6


@pytest.fixture(scope="module")
def drive() -> Iterator[Drive]:
    machines = cluster.new_cluster()
    with machines.switch.answering():
        try:
            cluster.make(machines)
            yield Drive(machines, SEED, rate=2.0, count=FAULTS)
        finally:
            cluster.stop(machines)


@pytest.fixture(scope="module")
def outcome(drive: Drive, tmp_path_factory: pytest.TempPathFactory) -> tuple[Account, Path]:
    folder = tmp_path_factory.mktemp("drill")
    return drive.go(records.Record("short", folder)), folder


def test_each_number_is_in_its_mailbox_once(outcome: tuple[Account, Path]) -> None:
    counted, _ = outcome
    assert counted.expected > 0
    assert counted.is_clean, counted


def test_no_pod_is_mounted_twice_no_second_database_writes_and_no_ended_session_opens(
    outcome: tuple[Account, Path],
) -> None:
    (lines,) = records.read(outcome[1])
    (end,) = (line for line in lines if line["what"] == "end")
    assert (end["mounts"], end["primaries"], end["opened"]) == ([], [], 0)
    assert end["looks"] > 0


def test_all_is_whole_after_each_fault(outcome: tuple[Account, Path]) -> None:
    (lines,) = records.read(outcome[1])
    faults = [line for line in lines if line["what"] == "fault"]
    assert len(faults) == FAULTS
    assert [one["left"] for one in faults if not one["is_back"]] == []
