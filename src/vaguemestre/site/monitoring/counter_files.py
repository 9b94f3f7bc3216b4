"""What the pools counted, in a file for each of their processes, which the process `metrics` adds up.

Written every few seconds by a thread: no request waits for a disk, and a full one loses counts only.
"""

import contextlib
import json
import os
import threading
import time
from collections import defaultdict
from pathlib import Path

from vaguemestre.foundation.kernel.counters import Count, counts

FOLDER = "counters"  # below run/, with a folder for each pool
EVERY_SECONDS = 5.0

_lock = threading.Lock()
_writer = 0  # the process whose thread runs: a pool forks its processes


def keep_written(folder: Path) -> None:
    """Start the thread that writes this process's counts, once a process; nothing where no such folder is."""
    global _writer
    if _writer == os.getpid():
        return
    with _lock:
        if _writer != os.getpid():
            _writer = os.getpid()
            if folder.is_dir():
                threading.Thread(target=_write_now_and_then, args=(folder,), daemon=True).start()


def write(folder: Path) -> None:
    """Replace this process's file. Raises OSError."""
    file = folder / f"{os.getpid()}.json"
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(list(counts())), encoding="utf-8")
    fresh.rename(file)


def read_sums(run_dir: Path) -> list[Count]:
    """The counts of all processes of all pools, the ended ones included, added up."""
    sums: defaultdict[tuple[str, tuple[tuple[str, str], ...]], float] = defaultdict(float)
    for file in (run_dir / FOLDER).glob("*/*.json"):
        for name, labels, value in json.loads(file.read_text(encoding="utf-8")):
            sums[name, tuple(labels.items())] += value
    return [Count(name, dict(labels), value) for (name, labels), value in sums.items()]


def forget(folder: Path) -> None:
    """Remove what the processes of an earlier start counted."""
    for file in (*folder.glob("*.json"), *folder.glob("*.new")):
        file.unlink(missing_ok=True)


def _write_now_and_then(folder: Path) -> None:
    while True:
        with contextlib.suppress(OSError):
            write(folder)
        time.sleep(EVERY_SECONDS)
