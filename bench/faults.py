"""Injects faults one after the other into an instance, and times how « Aujourd’hui » names each.

    PYTHONPATH=src:. unshare -m .venv/bin/python bench/faults.py --home /some/empty/folder [--only NAME…]

As root, in a mount namespace of its own (`unshare -m`): the instance gets a disk and a resolver of its own,
a PostgreSQL, a virus check, and a neighbour that refuses mail. Each fault is injected; the page of
administrators is read each second until the right alarm stands there; the fault is ended; the page is read
until the alarm is gone. It prints a line of a table for each. What is late by the clock (a letter for half an
hour, a feed for three days) is dated back.
"""

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.utils.module_loading import import_string

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT)]

from bench.cluster import own_cluster  # noqa: E402
from bench.neighbours import Neighbours  # noqa: E402
from tests.engines.live import wait_until  # noqa: E402

_CONFIGURATION = """
[files]
clamd = "127.0.0.1:{clamd}"
[mail]
forward_outside = true
[mail.outgoing]
mode = "direct"
[backup]
repository = "{home}/repository"
"""


@contextlib.contextmanager
def instance(home: Path, base: int) -> Iterator[Neighbours]:
    """A whole one, empty but for its first administrator, whose mail leaves."""
    with own_cluster(home) as data, Neighbours(base) as neighbours:
        home.chmod(0o755)
        with (home / "vaguemestre.toml").open("a") as file:
            file.write(_CONFIGURATION.format(home=home, clamd=neighbours.clamd_port))
        neighbours.database = data
        argv = ["bin/up", "--home", str(home), "--port-base", str(base), "--no-install", "--no-demo"]
        with (home.parent / f"{home.name}.log").open("wb") as log:
            up = subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_until((home / "run/ready.json").exists, 400)
            yield neighbours
        finally:
            up.terminate()
            up.wait(90)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port-base", type=int, default=22_000)
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    asked = parser.parse_args()
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    argv = ["mount", "-t", "tmpfs", "-o", "size=8g,mode=755", "tmpfs", str(asked.home)]
    subprocess.run(argv, check=True)
    os.environ |= {
        "VAGUEMESTRE_HOME": str(asked.home), "VAGUEMESTRE_PORT_BASE": str(asked.port_base),
        "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
    }  # fmt: skip
    with instance(asked.home, asked.port_base) as neighbours:
        django.setup()  # its configuration is there now
        report = import_string("bench.fault_watch.report")
        report(asked.home, asked.port_base, neighbours, asked.only)


if __name__ == "__main__":
    main()
