"""One whole instance for the journeys: bin/up in a home of its own, a browser, ordinary clients."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Set
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.browser import PATIENCE_MS
from tests.engines.live import free_port_base, give_back_ports
from tests.own_database import give_database
from tests.own_filter import give_compiled, keep_compiled

from vaguemestre.site.config import Config

PROJECT = Path(__file__).resolve().parents[2]
FOLLOWERS = {"accolad", "salles", "rspamd", "names"}
ENT = 300  # beyond the instance's first port
FAILED = PROJECT / "var" / "failed"  # a folder for each test that failed, with the logs of its instance
WORDS = "up.log"
_LINES, _COLUMNS = 8, 200  # of each log in the report


def wait_until(
    true: Callable[[], Any], seconds: float = 60, seen: Callable[[], str] = lambda: "waited in vain"
) -> Any:
    """Ask again until the answer is true; else the test fails, and says what was `seen` instead.

    Between two questions twice as long as the last one took: they are not to slow down what they wait for.
    """
    end = time.monotonic() + seconds
    began = time.monotonic()
    while not (answer := true()):
        asked = time.monotonic()
        assert asked < end, seen()
        time.sleep(min(max(0.05, 2 * (asked - began)), 1.0))
        began = time.monotonic()
    return answer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test tells the end of its instance's logs, and keeps them: the instance is thrown away."""
    report = yield
    if report.when == "call" and report.failed:
        for instance in {given for given in item.funcargs.values() if isinstance(given, Instance)}:
            kept = FAILED / re.sub(r"\W+", "-", item.name)
            with contextlib.suppress(OSError):
                instance.keep_logs(kept)
                told = [
                    log for log in sorted(kept.iterdir()) if log.name != WORDS
                ]  # which repeats the others
                report.sections += [(f"the end of {log}", last_lines(log)) for log in told]
    return report


def last_lines(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    told = [line[:_COLUMNS] for line in lines if ": Debug: " not in line]
    return "\n".join(told[-_LINES:])


class Instance:
    """A running Vaguemestre, seen from outside."""

    def __init__(
        self, home: Path, base: int, process: "subprocess.Popen[bytes]", ready: dict[str, Any]
    ) -> None:
        self.home, self.base, self.process, self.ready = home, base, process, ready

    @property
    def web(self) -> str:
        return str(self.ready["web"])

    def account(self, role: str) -> dict[str, Any]:
        return next(account for account in self.ready["accounts"] if account["role"] == role)

    @property
    def ent_port(self) -> int:
        """Where this instance looks for the ENT."""
        return self.base + ENT

    def port(self, name: str) -> int:
        return int(self.ready["ports"][name])

    def keep_logs(self, folder: Path) -> None:
        """What its processes said, and the supervisor of them, in place of an earlier failure's."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.home / "logs", folder)
        shutil.copy(words_of(self.home), folder / WORDS)

    def cli(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(PROJECT / "bin" / "vaguemestre"), *arguments],
            env={**os.environ, "VAGUEMESTRE_HOME": str(self.home)},
            capture_output=True, text=True, timeout=180, check=check,
        )  # fmt: skip

    def start_cli(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """In a group of its own, that a test may kill."""
        return subprocess.Popen(
            [str(PROJECT / "bin" / "vaguemestre"), *arguments],
            env={**os.environ, "VAGUEMESTRE_HOME": str(self.home)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip


def are_ready(home: Path, names: Set[str]) -> bool:
    """Whether these processes of the instance with that home are there and answer."""
    children = json.loads((home / "run/children.json").read_text())["children"]
    states = {child["name"]: child["state"] for child in children}
    return all(states.get(name) == "ready" for name in names)


def words_of(home: Path) -> Path:
    """What `bin/up` says of the instance with that home."""
    return home.parent / f"{home.name}.log"


@contextlib.contextmanager
def running_instance() -> Iterator[Instance]:
    """A demonstration instance in a home of its own, stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="vm-journey-"))
    give_database(home, migrated=True)
    give_compiled(Config(home=home))
    base = free_port_base()
    with (home / "vaguemestre.toml").open("a", encoding="utf-8") as config:
        config.write(f'[ent]\ncas_url = "http://localhost:{base + ENT}/cas"\n')
        config.write("[metrics]\ncache_seconds = 2\n")  # what waits for an alarm waits for no old answer
    said = words_of(home)
    with said.open("wb") as log:
        process = subprocess.Popen(
            [str(PROJECT / "bin" / "up"), "--home", str(home), "--port-base", str(base), "--no-install"],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    file = home / "run" / "ready.json"

    def is_complete() -> bool:
        """Ready, and what follows the first page too: all the mail, the neighbours, the filter."""
        assert process.poll() is None, said.read_text(errors="replace")[-3000:]
        if not file.exists() or "mail" not in json.loads((home / "secrets/demo.json").read_text())["done"]:
            return False
        return are_ready(home, FOLLOWERS)

    try:
        wait_until(is_complete, 300)
        keep_compiled(Config(home=home))
        yield Instance(home, base, process, json.loads(file.read_text()))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            log.close()
            give_back_ports(base)
            shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
def instance() -> Iterator[Instance]:
    with running_instance() as shared:
        yield shared


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        viewport={"width": 1280, "height": 860}, locale="fr-FR", timezone_id="Europe/Paris"
    )
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
