"""Warm starts of an instance: seconds until ready.json, and processor seconds of its processes until then.

    .venv/bin/python bench/start.py --home HOME [--port-base N] [--starts 5] [--beside TREE HOME]

HOME was prepared before by `bin/up` and does not run. `--beside`: another tree of this project (an older
version, say) and a home of its own, started in turn with ours, whoever begins; then ratios of medians. The
first start of each, which may write files anew, is left out. Processor seconds are of the supervisor and
everything below it, those that ended included: other load lengthens them less. `--steps`: print what the
start says.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT)]

from bench.processor import family_of  # noqa: E402

_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 120.0  # seconds
_parser = argparse.ArgumentParser(description=__doc__)
_parser.add_argument("--home", type=Path, required=True)
_parser.add_argument("--port-base", default="8000")
_parser.add_argument("--starts", type=int, default=5)
_parser.add_argument("--beside", nargs=2, type=Path, metavar=("TREE", "HOME"))
_parser.add_argument("--steps", action="store_true", help="what the start prints")
ASKED = _parser.parse_args()


def main() -> None:
    places = {PROJECT: ASKED.home}
    if ASKED.beside:
        tree, home = ASKED.beside
        places[tree.resolve()] = home
    waits: dict[Path, list[float]] = {tree: [] for tree in places}
    spent: dict[Path, list[Counter[str]]] = {tree: [] for tree in places}
    for number in range(ASKED.starts + 1):
        for tree in places if number % 2 else reversed(places):
            seconds, processor = _start(tree, places[tree])
            if not number:
                continue
            waits[tree].append(seconds)
            spent[tree].append(processor)
            print(
                f"{tree.name}: ready after {seconds:.1f} s, {processor.total():.1f} s of processor; "
                f"load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
    for tree in places:
        _tell(tree.name, waits[tree], spent[tree])
    if ASKED.beside:
        ours, theirs = places
        wait = statistics.median(waits[ours]) / statistics.median(waits[theirs])
        processor_time = _median(spent[ours]) / _median(spent[theirs])
        print(
            f"{ours.name} ÷ {theirs.name}: {wait:.2f} × the wait, {processor_time:.2f} × the processor time"
        )


def _median(spent: list[Counter[str]]) -> float:
    return statistics.median(each.total() for each in spent)


def _tell(name: str, waits: list[float], spent: list[Counter[str]]) -> None:
    least = min(each.total() for each in spent)
    print(
        f"{name}: median {statistics.median(waits):.1f} s, quickest {min(waits):.1f}; "
        f"{_median(spent):.1f} s of processor, least {least:.1f}"
    )
    for family in sorted({family for each in spent for family in each}):
        print(f"  {statistics.median(each[family] for each in spent):6.2f}  {family}")


def _start(tree: Path, home: Path) -> tuple[float, Counter[str]]:
    """Start once and stop. Seconds until ready.json; processor seconds by family until then."""
    ready = home / "run" / "ready.json"
    ready.unlink(missing_ok=True)
    began = time.perf_counter()
    with subprocess.Popen(
        [tree / "bin" / "up", "--home", home, "--port-base", ASKED.port_base, "--no-install"],
        stdout=None if ASKED.steps else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            while not ready.exists():
                assert process.poll() is None, "bin/up ended"
                assert time.perf_counter() - began < _PATIENCE, "not ready"
                time.sleep(0.02)
            return time.perf_counter() - began, _spent_below(process.pid)
        finally:
            process.terminate()


def _spent_below(root: int) -> Counter[str]:
    """User and system seconds of that process and its descendants, and of those they waited for."""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid], ticks[pid] = (
            int(fields[1]),
            [sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))],
        )
    spent: Counter[str] = Counter()
    for pid, (own, ended) in ticks.items():
        ancestor = pid
        while ancestor in parents and ancestor != root:
            ancestor = parents[ancestor]
        if ancestor == root:
            family = "supervisor" if pid == root else family_of(str(pid)) or "other"
            spent[family] += own / _TICKS  # type: ignore[assignment]
            spent[f"{family}, ended children"] += ended / _TICKS  # type: ignore[assignment]
    return +spent


if __name__ == "__main__":
    main()
