"""Machines of one database for tests: each a home with its own `run`, its pool of pages, its push process."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.own_database import give_database
from tests.own_network import free_port

from vaguemestre.access.signin.revocations import FileRevocations
from vaguemestre.foundation.kernel import tickets
from vaguemestre.site import secrets
from vaguemestre.site.config import PROJECT, Config
from vaguemestre.site.config import load as load_config

PATIENCE_SECONDS = 60.0


def wait_until[T](true: Callable[[], T], seconds: float = PATIENCE_SECONDS) -> T:
    """Ask again and again until it is true; what it gave. Raises AssertionError."""
    end = time.monotonic() + seconds
    while not (result := true()):
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)
    return result


@dataclass
class Machine:
    """`base`: the first of its ports; `processes`: those that were started, by name."""

    home: Path
    base: int
    processes: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        others = {k: v for k, v in os.environ.items() if not k.startswith("VAGUEMESTRE_")}
        return others | {
            "PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}",
            "VAGUEMESTRE_HOME": str(self.home),
            "VAGUEMESTRE_PORT_BASE": str(self.base),
            "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
        }

    @property
    def config(self) -> Config:
        return load_config(self.home)

    @property
    def revocations(self) -> FileRevocations:
        return FileRevocations(self.home / "run" / "revocations")

    def start(self, name: str, *words: str) -> "subprocess.Popen[str]":
        """Start a module of ours, by its name and arguments."""
        with (self.home / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *words], env=self.environment, text=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self.processes[name]

    def start_pages(self) -> None:
        """Start a pool of one worker for pages, and the push process."""
        self.start("push", "vaguemestre.processes.push")
        self.start(
            "web", "vaguemestre.processes.pool", "vaguemestre.processes.web:application",
            "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.base), "--workers", "1",
            "--no-ws", "--log-level", "warning",
        )  # fmt: skip

    def wait_for_pages(self) -> None:
        for port in (self.base, self.base + 1):
            wait_until(lambda port=port: _answers(port))

    def run(self, program: str) -> Any:
        """What a program run on this machine prints, as JSON."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{program}"],
            env=self.environment, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def ask(self, path: str, cookie: str, *, method: str = "GET") -> int:
        """The status of a page for the browser of that session."""
        connection = http.client.HTTPConnection("127.0.0.1", self.base, timeout=PATIENCE_SECONDS)
        token = "a" * 32
        headers = {
            "Host": f"localhost:{self.base}",
            "Origin": f"http://localhost:{self.base}",
            "Cookie": f"vaguemestre_{self.base}={cookie}; csrf_{self.base}={token}",
            "X-CSRFToken": token,
        }
        try:
            connection.request(method, path, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def tell_push(self, mailbox: str) -> None:
        """As Dovecot does when a message came."""
        body = json.dumps([{"user": mailbox, "folder": "INBOX", "event": "MessageNew"}])
        connection = http.client.HTTPConnection("127.0.0.1", self.base + 1, timeout=PATIENCE_SECONDS)
        key = secrets.read(self.home / "secrets", "notify_key")
        connection.request("POST", "/dovecot", body, {"Authorization": f"Bearer {key}"})
        assert connection.getresponse().status == 204
        connection.close()

    def open_stream(self, mailbox: str, session_digest: str) -> "PageStream":
        key = secrets.read(self.home / "secrets", "push_key")
        return PageStream(
            self.base + 1, tickets.issue(key, tickets.Ticket(mailbox, session_digest), now=time.time())
        )

    def stop(self) -> None:
        for process in self.processes.values():
            for number in (18, 15):  # one that was frozen hears nothing else
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()


class PageStream:
    """The stream of events of an open page."""

    def __init__(self, port: int, ticket: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self._connection.request("GET", f"/flux?t={ticket}")
        self._response = self._connection.getresponse()
        self.status = self._response.status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()
        self._connection.close()

    def next_event(self) -> str:
        """The kind of the next event; empty when the stream has ended."""
        while line := self._response.readline().decode():
            if line.startswith("event: "):
                return line.removeprefix("event: ").strip()
        return ""

    def read_to_its_end(self) -> None:
        """Pass over what was told before. Raises TimeoutError when it does not end."""
        while self.next_event():
            pass


def make_machines(folder: Path, count: int = 2) -> list[Machine]:
    """Homes of one database with the same keys; nothing runs."""
    first = folder / "home1"
    give_database(first, migrated=True)
    secrets.make_missing(first / "secrets")
    machines = [Machine(first, _free_ports())]
    for number in range(2, count + 1):
        home = folder / f"home{number}"
        home.mkdir()
        for name in ("vaguemestre.toml", "postgres_password"):
            shutil.copyfile(first / name, home / name)
        shutil.copytree(first / "secrets", home / "secrets")
        machines.append(Machine(home, _free_ports()))
    for machine in machines:
        (machine.home / "run").mkdir(exist_ok=True)
    return machines


def _free_ports() -> int:
    """The first of two neighbouring ports where nothing listens."""
    port = free_port()
    while (following := free_port()) != port + 1:
        port = following
    return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
