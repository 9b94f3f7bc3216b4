"""Hits and misses of the content filter before and after readers teach it, and what a message costs.

    .venv/bin/python bench/junk.py --home /some/empty/folder

Needs root, rspamd and Valkey. The mail is generated (`bench/junk_letters.py`): French letters of schools,
junk and fraud, from a few dozen sentences each. It says how the parts work together, not how real junk fares:
real junk is more varied, and comes with addresses and servers that say more. Others are judged than taught.
"""

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from junk_letters import KINDS, Letter, letters

from vaguemestre.demo import names
from vaguemestre.engines.home_alias import filter_memory_socket
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.rspamd.controller import JunkTraining
from vaguemestre.engines.valkey import configuration as valkey
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor import rights
from vaguemestre.site import secrets
from vaguemestre.site.config import Config, load

_HERTZ = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port-base", type=int, default=22_000)
    parser.add_argument(
        "--each", type=int, default=300, help="letters of each kind that are taught, and judged"
    )
    wishes = parser.parse_args()
    random.seed(22)
    taught, judged = letters(wishes.each), letters(wishes.each)
    config = load(wishes.home, wishes.port_base)
    with running(config) as pid:
        print(f"generated letters: {wishes.each} of each kind taught, as many others judged")
        before = verdicts(config, judged)
        teach(config, taught)
        after = verdicts(config, judged)
        table(judged, before, after)
        costs(config, judged, pid)


@contextlib.contextmanager
def running(config: Config) -> Iterator[int]:
    """The filter and its memory, with a name server that knows nothing. Gives rspamd's process id."""
    secrets.make_missing(config.secrets_dir)
    serve_no_names(config.ports.names)
    valkey.prepare(config)
    rspamd.prepare(config, f"127.0.0.1:{config.ports.names}")
    checks = (filter_memory_socket(config).exists, lambda: answers(config))
    commands = ((*rights.prefix(DUTIES["valkey"]), *valkey.command(config)), rspamd.command(config))
    children = []
    try:
        for argv, is_up in zip(commands, checks, strict=True):
            log = (config.home / f"{Path(argv[-2]).name}.log").open("wb")
            children.append(subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True))
            until(is_up)
        yield children[1].pid
    finally:
        for child in reversed(children):
            child.send_signal(signal.SIGTERM)
            child.wait(30)


def serve_no_names(port: int) -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(names.serve(names.parse_zone(""), port))
    threading.Thread(target=loop.run_forever, daemon=True).start()


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not is_so():
        if time.monotonic() > end:
            raise SystemExit("the filter does not answer")
        time.sleep(0.1)


def answers(config: Config) -> bool:
    with contextlib.suppress(OSError):
        ask(config, "GET", "/ping")
        return True
    return False


def ask(config: Config, verb: str, path: str, content: bytes = b"", **headers: str) -> bytes:
    key = (config.secrets_dir / "filter_key").read_text().strip()
    client = http.client.HTTPConnection("127.0.0.1", config.ports.filter_controller, timeout=30)
    try:
        client.request(verb, path, body=content, headers={"Password": key, **headers})
        return client.getresponse().read()
    finally:
        client.close()


def judge(config: Config, letter: Letter) -> tuple[bool, float]:
    """Whether it is marked as junk, and the seconds that took."""
    began = time.perf_counter()
    envelope = {"IP": "192.0.2.7", "From": letter.sender, "Helo": "mx.example"}
    told = json.loads(ask(config, "POST", "/checkv2", letter.content, **envelope))
    return told["action"] != "no action", time.perf_counter() - began


def verdicts(config: Config, judged: Sequence[Letter]) -> list[bool]:
    return [judge(config, letter)[0] for letter in judged]


def teach(config: Config, taught: Sequence[Letter]) -> None:
    train = JunkTraining(config.ports.filter_controller, config.secrets_dir / "filter_key")
    for letter in taught:
        train(letter.content, is_junk=letter.kind != KINDS[0])


def table(judged: Sequence[Letter], before: Sequence[bool], after: Sequence[bool]) -> None:
    print(f"{'':10} {'letters':>8} {'junk before':>12} {'junk after':>11}")
    for kind in KINDS:
        rows = [number for number, letter in enumerate(judged) if letter.kind == kind]
        counts = [Counter(said[number] for number in rows)[True] for said in (before, after)]
        print(f"{kind:10} {len(rows):8} {counts[0]:12} {counts[1]:11}")


def costs(config: Config, judged: Sequence[Letter], pid: int) -> None:
    took = sorted(judge(config, letter)[1] for letter in judged)
    before, began = processor(pid), time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda letter: judge(config, letter), judged))
    passed = time.perf_counter() - began
    spent = processor(pid) - before
    late = took[int(len(took) * 0.95)] * 1000
    print(
        f"one at a time: median {statistics.median(took) * 1000:.0f} ms, p95 {late:.0f} ms; "
        f"four at once: {len(judged) / passed:.0f} messages/s, "
        f"{spent / len(judged) * 1000:.1f} ms of processor each"
    )


def processor(pid: int) -> float:
    """Seconds of processor of a process and its children."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if pid in (int(fields[1]), int(stat.parent.name)):
                total += (int(fields[11]) + int(fields[12])) / _HERTZ
    return total


if __name__ == "__main__":
    main()
