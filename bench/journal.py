"""How long a line of the journal waits to be committed: nobody else at work, then under a feed.

    PYTHONPATH=src .venv/bin/python bench/journal.py [AGENTS]

On a home of its own, thrown away; with VAGUEMESTRE_HOME, on that (empty) home and its database. A line is
what a sign-in writes, in a transaction of its own; the feeds are the first import of AGENTS people, then one
where 500 changed name, each the command itself in a process of its own. One line every 20 ms, none left out;
those refused because the database stayed locked are counted.
"""

import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

_WORK = tempfile.TemporaryDirectory()
os.environ.setdefault("VAGUEMESTRE_HOME", f"{_WORK.name}/home")
os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.settings"

# The settings are read when Django is imported: the home above comes first.
import django  # noqa: E402

django.setup()

from bench.feed import change, run  # noqa: E402
from django.db import OperationalError, transaction  # noqa: E402

from vaguemestre.foundation.journal.services import record  # noqa: E402

QUIET_LINES = 200
PAUSE_SECONDS = 0.02
CLI = ("-m", "vaguemestre.cli.main")


def main(agents: int) -> None:
    """Print a line for each of the three."""
    feed, places, delta = (Path(_WORK.name) / name for name in ("feed.csv", "places.csv", "delta.csv"))
    run("-m", "django", "migrate", "-v0")
    sample = ("feed", "sample", "--agents", str(agents), "--seed", "1")
    run(*CLI, *sample, "--out", str(feed), "--structures-out", str(places))
    change(feed, delta, agents)
    show("nobody else", [write_line() for _ in range(QUIET_LINES)])
    for name, file in (("a first import", feed), ("500 changes", delta)):
        show(name, waits_under(file, places))
    _WORK.cleanup()


def write_line() -> float:
    """How long one line took to be committed, in seconds; infinite if it was not."""
    time.sleep(PAUSE_SECONDS)
    began = time.perf_counter()
    try:
        with transaction.atomic(durable=True):
            record("signin.granted", to="account:1", by="account:1", at=datetime.now(UTC))
    except OperationalError:
        return math.inf
    return time.perf_counter() - began


def waits_under(file: Path, places: Path) -> list[float]:
    """Lines written while that feed is applied."""
    argv = (sys.executable, *CLI, "feed", "apply", str(file), "--structures", str(places))
    waits = []
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as applied:
        while applied.poll() is None:
            waits.append(write_line())
        if applied.returncode:
            sys.exit(f"the feed was not applied: {applied.returncode}")
    return waits


def show(name: str, waits: list[float]) -> None:
    ordered = sorted(waits)
    median, late, worst = statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1]
    print(
        f"{name}: {len(ordered)} lines, {ordered.count(math.inf)} refused, median {median * 1000:.1f} ms, "
        f"95 % {late * 1000:.1f} ms, "
        f"worst {worst * 1000:.0f} ms; load {os.getloadavg()[0]:.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
