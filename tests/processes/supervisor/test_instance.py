"""A whole instance through what breaks it: kills, a killed supervisor, a second start, a full disk."""

import contextlib
import random
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.engines.live import free_port_base
from tests.own_database import give_database
from tests.own_filter import give_compiled
from tests.processes.supervisor.instance import OFFSETS, PROJECT, Running, wait_until
from tests.processor import loaded

from vaguemestre.processes.supervisor import process_table
from vaguemestre.site.config import Config

pytestmark = pytest.mark.engines
CHILDREN = (
    "dovecot", "postfix", "push", "web", "reading", "door", "pictures", "front", "arrivals", "worker",
    "worker-long", "worker-imports", "worker-untrusted",
)  # fmt: skip


def make(size: str = "", *, migrated: bool = True) -> Running:
    home = Path(tempfile.mkdtemp(prefix="vm-sup-"))
    home.chmod(0o755)
    if size:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(home)], check=True
        )
    give_database(home, migrated=migrated)
    give_compiled(Config(home=home))
    return Running(home, free_port_base())


def remove(running: Running, *, mounted: bool = False) -> None:
    if running.process and running.process.poll() is None:
        running.stop()
    if mounted:
        subprocess.run(["umount", "-l", str(running.home)], check=True)
    shutil.rmtree(running.home, ignore_errors=True)
    running.log.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    made = make()
    try:
        made.start()
        yield made
    finally:
        remove(made)


def open_ports(running: Running) -> list[int]:
    found = []
    for offset in OFFSETS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", running.base + offset)) == 0:
                found.append(running.base + offset)
    return found


def family(running: Running) -> list[int]:
    assert running.process is not None
    return [p.pid for p in process_table.descendants(running.process.pid)]


def test_a_ready_instance_answers_on_every_port(running: Running) -> None:
    assert len(open_ports(running)) == len(OFFSETS)
    roles = {account["role"] for account in running.ready["accounts"]}
    assert {"teacher", "newcomer", "administrator", "outside"} <= roles


@pytest.mark.parametrize(("name", "begins"), [("apple.mobileconfig", b"\x30\x82"), ("messagerie.xpi", b"PK")])
def test_settings_of_a_device_are_signed_for_anybody(running: Running, name: str, begins: bytes) -> None:
    with urllib.request.urlopen(f"{running.ready['web']}/appareils/{name}", timeout=60) as answer:
        assert answer.read().startswith(begins)  # DER, a ZIP archive


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_child_is_back_within_five_seconds(running: Running, name: str) -> None:
    wait_until(lambda: running.is_ready, 60)
    first = running.kill(name)
    wait_until(lambda: running.children()[name]["pid"] not in (0, first) and running.is_ready, loaded(5))


@pytest.mark.timeout(3600)
def test_no_accepted_mail_is_lost_while_everything_is_killed(
    running: Running, how_many: Callable[[int, int], int]
) -> None:
    victims = random.Random(1).choices(CHILDREN, k=how_many(7, 400))
    teacher = running.account("teacher")
    accepted: set[str] = set()
    stop = threading.Event()

    def send() -> None:
        number = 0
        while not stop.is_set():
            subject = f"tempete-{number}"
            if running.deliver(teacher["address"], subject):
                accepted.add(subject)
                number += 1

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for name in victims:
            before = len(accepted)
            wait_until(lambda before=before: len(accepted) > before + 3, 60)
            running.kill(name)
    finally:
        stop.set()
        sender.join(20)
    assert len(accepted) > 20
    wait_until(lambda: running.is_ready, 60)

    def all_there() -> bool:
        missing = accepted - running.subjects(teacher)
        if missing:
            running.flush_queue()
            time.sleep(0.5)
        return not missing

    wait_until(all_there, 60)


def test_a_second_start_on_the_same_home_disturbs_nothing(running: Running) -> None:
    assert running.process is not None
    before = {name: child["pid"] for name, child in running.children().items()}
    ended = subprocess.run(running.command(), capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 75
    assert str(running.process.pid) in ended.stderr
    after = {name: child["pid"] for name, child in running.children().items()}
    assert {name: after.get(name) for name in before} == before  # others may have come meanwhile
    assert running.is_ready


def test_another_home_on_the_same_ports_is_refused(running: Running, tmp_path: Path) -> None:
    ended = subprocess.run(
        [*running.command(), "--home", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 75
    assert str(running.base) in ended.stderr


def test_after_a_killed_supervisor_the_next_start_cleans_up(running: Running) -> None:
    assert running.process is not None
    left = family(running)
    running.process.kill()
    running.process.wait()
    wait_until(lambda: not running.is_ready, loaded(2))
    wait_until(lambda: open_ports(running) == [], loaded(5))  # nobody serves without a supervisor
    assert running.start() < loaded(10)
    assert [pid for pid in left if process_table.find_process(pid)] == []
    assert len(open_ports(running)) == len(OFFSETS)


def test_a_stop_leaves_nobody_and_a_second_start_is_quick(running: Running) -> None:
    left = family(running)
    began = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - began < loaded(10)
    assert [pid for pid in left if process_table.find_process(pid)] == []
    assert open_ports(running) == []
    assert not running.is_ready
    assert running.start() < loaded(10)


def test_without_demonstration_the_first_administrator_is_invited_once(tmp_path: Path) -> None:
    running, feed = make(migrated=False), tmp_path / "flux.csv"
    try:
        command = [str(PROJECT / "bin" / "vaguemestre"), "--home", str(running.home), "feed", "sample"]
        subprocess.run([*command, "--agents", "30", "--seed", "5", "--out", str(feed)], check=True)
        running.start("--no-demo", "--feed", str(feed))
        assert running.ready["accounts"] == []
        links = wait_until(  # the summary is printed once the instance is ready
            lambda: re.findall(r"http://localhost:\d+(/assistant/activation/\S+)\s", running.log.read_text()),
            loaded(10),
        )
        assert len(links) == 1
        with urllib.request.urlopen(f"http://localhost:{running.base}{links[0]}", timeout=60) as page:
            assert "mot de passe" in page.read().decode()
        wait_until(lambda: "Flux appliqué." in running.log.read_text(), 60)
        assert running.stop() == 0
        running.start("--no-demo")
        running.stop()
        running.start()  # somebody is there already: no demonstration is mixed in
        assert running.ready["accounts"] == []
        assert running.log.read_text().count("/assistant/activation/") == 1
    finally:
        remove(running)


def fill(path: Path) -> None:
    """Write until there is no space left."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as full:
        while full.write(b"\0" * 1_000_000):
            pass
    assert shutil.disk_usage(path.parent).free == 0


def test_a_full_disk_refuses_mail_for_now_and_loses_none() -> None:
    running = make(size="700m")
    try:
        running.start()
        teacher = running.account("teacher")
        assert running.deliver(teacher["address"], "avant")
        wait_until(lambda: "avant" in running.subjects(teacher), 60)
        filler = running.home / "filler"
        fill(filler)
        assert not any(running.deliver(teacher["address"], f"plein-{n}") for n in range(3))
        assert running.process is not None
        assert running.process.poll() is None
        filler.unlink()
        wait_until(lambda: running.deliver(teacher["address"], "apres"), 60)
        wait_until(lambda: {"avant", "apres"} <= running.subjects(teacher), 60)
        wait_until(lambda: running.is_ready, 60)
    finally:
        remove(running, mounted=True)
