"""Faults at random on an académie of eight machines under load, and what became of every message.

    python bench/drill.py make            boots the machines, installed the first time (root; half an hour)
    python bench/drill.py run --seed 1    twenty faults, the next twenty of that seed when run again
    python bench/drill.py upgrade         this version on each of them
    python bench/drill.py report          writes docs/operations/drill.md from all runs that were kept
    python bench/drill.py stop|destroy    ends the machines; with their disks

What it needs: tests/machines/machine.py says. Results are kept in bench/results/drill, a file a run.
"""

import argparse
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from bench.drills import cluster, records, report  # noqa: E402
from bench.drills.choice import RUN_FAULTS  # noqa: E402
from bench.drills.drive import Drive  # noqa: E402
from tests.machines.machine import make_network  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=("make", "run", "upgrade", "report", "stop", "destroy"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=RUN_FAULTS)
    parser.add_argument("--rate", type=float, default=2.0, help="messages from outside a second")
    asked = parser.parse_args()
    if asked.verb == "report":
        report.write()
        return 0
    machines = cluster.new_cluster()
    if asked.verb in ("stop", "destroy"):
        (cluster.stop if asked.verb == "stop" else cluster.throw_away)(machines)
        return 0
    make_network()  # whoever asks for power is answered there
    with machines.switch.answering():
        if asked.verb == "upgrade":
            cluster.upgrade(machines)
            return 0
        cluster.make(machines)
        return 0 if asked.verb == "make" else _run(machines, asked)


def _run(machines: cluster.Cluster, asked: argparse.Namespace) -> int:
    done = records.faults_of(asked.seed)
    drive = Drive(machines, asked.seed, asked.rate, asked.faults, first=done)
    outcome = drive.go(records.Record(drive.run))
    cluster.say(f"{outcome}")
    return 0 if outcome.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
