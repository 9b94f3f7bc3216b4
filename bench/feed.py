"""How long a feed takes: first import, the same again, a delta; seconds and peak memory of each.

    PYTHONPATH=src .venv/bin/python bench/feed.py [AGENTS]

On a home of its own, thrown away; with VAGUEMESTRE_HOME, on that (empty) home and its database. Each step is
the command itself, in a process of its own.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

DELTA = 500


def main(agents: int) -> None:
    """Print what each step took."""
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        os.environ.setdefault("VAGUEMESTRE_HOME", str(work / "home"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.settings"
        feed, places, delta = (work / name for name in ("feed.csv", "places.csv", "delta.csv"))
        run("-m", "django", "migrate", "-v0")
        sample = ("feed", "sample", "--agents", str(agents), "--seed", "1")
        run("-m", "vaguemestre.cli.main", *sample, "--out", str(feed), "--structures-out", str(places))
        change(feed, delta, agents)
        for name, file in (("first import", feed), ("the same again", feed), (f"a delta of {DELTA}", delta)):
            start = time.perf_counter()
            command = ("-m", "vaguemestre.cli.main", "feed", "apply", str(file), "--structures", str(places))
            cpu, peak = run(*command)
            took = time.perf_counter() - start
            print(f"{name}: {took:.1f} s, {cpu:.1f} s of processor, peak {peak} MB", flush=True)


def run(*command: str) -> tuple[float, int]:
    """Seconds of processor and peak memory (MB) of a command; what it says is shown only if it fails."""
    with tempfile.TemporaryFile() as said:
        child = os.posix_spawn(
            sys.executable,
            [sys.executable, *command],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, said.fileno(), fd) for fd in (1, 2)],
        )
        _, status, used = os.wait4(child, 0)
        if status:
            said.seek(0)
            sys.exit(said.read().decode(errors="replace")[-4000:])
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def change(feed: Path, delta: Path, agents: int) -> None:
    """The same feed where some people, spread over it, took another name."""
    every = max(1, agents // DELTA)
    with feed.open(encoding="utf-8") as lines, delta.open("w", encoding="utf-8") as out:
        out.writelines(_changed(lines, every))


def _changed(lines: Iterable[str], every: int) -> Iterable[str]:
    seen, last, done = -1, "", 0
    for number, line in enumerate(lines):
        cells = line.split(";")
        if number and cells[0] != last:
            seen, last = seen + 1, cells[0]
            done += seen % every == 0
        if number and seen % every == 0 and done <= DELTA:
            cells[4] = "Dupont-Lajoie"
        yield ";".join(cells)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 45_000)
