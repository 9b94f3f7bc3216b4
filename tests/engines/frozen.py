"""Programs that stand still: the kernel takes connections for them, and nothing answers."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from vaguemestre.processes.supervisor.process_table import descendants


@contextmanager
def standing_still(first: int) -> Iterator[None]:
    """A process and all it started."""
    pids = [first, *(process.pid for process in descendants(first))]
    assert all(pid > 1 for pid in pids)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
