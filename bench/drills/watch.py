"""Looks all the time for what must never be: a pod mounted twice, two databases that write."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.drills.cluster import DATABASES, Cluster
from tests.machines.machine import Machine

_MOUNT_SECONDS, _PRIMARY_SECONDS = 0.1, 2.0
_PSQL = ("timeout", "3", "runuser", "-u", "postgres", "--", "psql", "-X", "-A", "-t", "-d")
# As a program's commit: it must be confirmed by a standby. A row that waits is cut off by the timeout.
_WRITE = "CREATE TABLE IF NOT EXISTS drill_proof (at timestamptz); INSERT INTO drill_proof VALUES (now())"


@dataclass
class Watch:
    """`mounts`: when two machines had the pod's folder; `primaries`: when two databases took a row."""

    cluster: Cluster
    mounts: list[tuple[float, str]] = field(default_factory=list)
    primaries: list[tuple[float, str]] = field(default_factory=list)
    open_together: list[tuple[float, str]] = field(
        default_factory=list
    )  # not in recovery; may be unable to commit
    looks: int = 0
    _end: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Watch":
        for what, seconds in (
            (self._look_at_mounts, _MOUNT_SECONDS),
            (self._look_at_databases, _PRIMARY_SECONDS),
        ):
            self._threads.append(threading.Thread(target=self._repeat, args=(what, seconds), daemon=True))
            self._threads[-1].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, what: Callable[[], None], seconds: float) -> None:
        while not self._end.wait(seconds):
            what()

    def _look_at_mounts(self) -> None:
        self.looks += 1
        if len(holders := self.cluster.holders()) > 1:
            self.mounts.append((time.time(), " ".join(holders)))

    def _look_at_databases(self) -> None:
        machines = self.cluster.running(DATABASES)
        with ThreadPoolExecutor(len(DATABASES)) as pool:
            writers = [
                m for m, is_open in zip(machines, pool.map(_is_open, machines), strict=True) if is_open
            ]
            if len(writers) > 1:
                moment = (time.time(), " ".join(machine.name for machine in writers))
                self.open_together.append(moment)
                if sum(pool.map(_takes_a_row, writers)) > 1:
                    self.primaries.append(moment)


def _is_open(machine: Machine) -> bool:
    return machine.run(*_PSQL, "postgres", "-c", "SELECT pg_is_in_recovery()").stdout.strip() == "f"


def _takes_a_row(machine: Machine) -> bool:
    return machine.run(*_PSQL, "postgres", "-c", _WRITE).returncode == 0
