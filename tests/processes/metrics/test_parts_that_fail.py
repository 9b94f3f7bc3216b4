"""Each way in which a part of an instance fails is named by one alarm, with its subject, within a minute.

The parts are sockets and files of the test: what an engine does when it fails is seen on running ones, in
`tests/journeys/test_t41_alarms_by_their_fault.py`.
"""

import os
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.processes.metrics.test_faults import Watched

from vaguemestre.desks.operations.rules.advice import ADVICE
from vaguemestre.engines import instance as instance_module
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.jobs.rules import QUEUES, worker_name
from vaguemestre.site.config import Config, FilesSection, WorkerSection
from vaguemestre.site.config.ports import Ports

pytestmark = pytest.mark.django_db(transaction=True)
_PAGE = b"HTTP/1.0 200 OK\r\n\r\n"


class Part:
    """A port that answers what it is told: at once, or once it is asked. `None`: it says nothing."""

    def __init__(self, answer: bytes, *, speaks_first: bool) -> None:
        self.answer: bytes | None = answer
        self._first, part = speaks_first, self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if not part._first:
                    self.request.recv(4096)
                if part.answer is None:
                    self.request.recv(1)  # until the other side is tired of waiting
                else:
                    self.request.sendall(part.answer)

        self._handler = Handler
        self.port = 0
        self.open()

    def open(self) -> None:
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), self._handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Parts(NamedTuple):
    """A whole instance, as its health is asked: parts by name, and what is in its home."""

    watched: Watched
    by_name: dict[str, Part]

    def file(self, name: str) -> Path:
        return self.watched.config.run_dir / f"{name}.heartbeat"


def config_at(home: Path, found: dict[str, int]) -> Config:
    """An instance whose parts have the ports that were free."""

    class Elsewhere(Config):
        @property
        def ports(self) -> Ports:
            return replace(
                super().ports, imap=found["dovecot"], managesieve=found["managesieve"], mx=found["postfix"],
                push=found["push"], carddav=found["carddav"], filter_controller=found["filter"],
            )  # fmt: skip

    clamd = FilesSection(clamd=f"127.0.0.1:{found['antivirus']}")
    return Elsewhere(home=home, port_base=61_000, files=clamd, worker=WorkerSection(count=1))


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    by_name = {
        "dovecot": Part(b"* OK ready\r\n", speaks_first=True),
        "managesieve": Part(b'"IMPLEMENTATION" "x"\r\n', speaks_first=True),
        "postfix": Part(b"220 mail ESMTP\r\n", speaks_first=True),
        "push": Part(_PAGE, speaks_first=False),
        "carddav": Part(_PAGE, speaks_first=False),
        "filter": Part(_PAGE, speaks_first=False),
        "antivirus": Part(b"PONG\0", speaks_first=False),
    }
    config = config_at(tmp_path, {name: part.port for name, part in by_name.items()})
    monkeypatch.setattr(instance_module, "_FILTER", Path("/bin/sh"))  # whether rspamd is installed here
    config.run_dir.mkdir()
    config.data_dir.mkdir()
    certificates.make_missing(config, now=datetime.now(UTC))
    made = Parts(Watched(config), by_name)
    for name in ("gate", "collector", *map(worker_name, QUEUES)):
        made.file(name).touch()
    with ExitStack() as stack:
        for part in by_name.values():
            stack.callback(part.close)
        yield made


type Act = Callable[[Parts], None]


def closed(name: str) -> tuple[Act, Act]:
    return (lambda parts: parts.by_name[name].close()), (lambda parts: parts.by_name[name].open())


def says(name: str, answer: bytes | None) -> tuple[Act, Act]:
    was: list[bytes | None] = []

    def break_(parts: Parts) -> None:
        was.append(parts.by_name[name].answer)
        parts.by_name[name].answer = answer

    def mend(parts: Parts) -> None:
        parts.by_name[name].answer = was.pop()

    return break_, mend


def silent(name: str) -> tuple[Act, Act]:
    def break_(parts: Parts) -> None:
        past = time.time() - 30
        os.utime(parts.file(name), (past, past))

    return break_, lambda parts: parts.file(name).touch()


def gone(name: str) -> tuple[Act, Act]:
    return (lambda parts: parts.file(name).unlink()), (lambda parts: parts.file(name).touch())


def expired() -> tuple[Act, Act]:
    def break_(parts: Parts) -> None:
        _forget_certificates(parts)
        certificates.make_missing(parts.watched.config, now=datetime.now(UTC) - timedelta(days=398))

    def mend(parts: Parts) -> None:
        _forget_certificates(parts)
        certificates.make_missing(parts.watched.config, now=datetime.now(UTC))

    return break_, mend


def _forget_certificates(parts: Parts) -> None:
    for file in (parts.watched.config.engines_dir / "tls").iterdir():
        file.unlink()


class Fault(NamedTuple):
    acts: tuple[Act, Act]
    alarm: str
    subject: str
    words: str


_DOWN, _WANTS = "part-down", "part-wants"
FAULTS = {
    "the mail store is not there": Fault(closed("dovecot"), _DOWN, "dovecot", "Boîtes (IMAP) ne répond pas"),
    "the mail store says nothing": Fault(says("dovecot", None), _DOWN, "dovecot", "Boîtes"),
    "the mail store sends everybody away": Fault(says("dovecot", b"* BYE\r\n"), _DOWN, "dovecot", "Boîtes"),
    "the mail store starts no process": Fault(says("managesieve", None), _DOWN, "dovecot", "Boîtes"),
    "filters cannot be edited": Fault(closed("managesieve"), _DOWN, "dovecot", "Boîtes"),
    "the MX is not there": Fault(closed("postfix"), _DOWN, "postfix", "Arrivée du courrier ne répond pas"),
    "the MX says nothing": Fault(says("postfix", None), _DOWN, "postfix", "Arrivée du courrier"),
    "the MX is full": Fault(says("postfix", b"421 4.3.2 full\r\n"), _DOWN, "postfix", "Arrivée du courrier"),
    "live notices are not there": Fault(closed("push"), _DOWN, "push", "Avis en direct ne répond pas"),
    "live notices fail": Fault(says("push", b"HTTP/1.0 500 no\r\n\r\n"), _DOWN, "push", "Avis en direct"),
    "address books are not there": Fault(closed("carddav"), _DOWN, "carddav", "Carnets (CardDAV)"),
    "address books say nothing": Fault(says("carddav", None), _DOWN, "carddav", "Carnets (CardDAV)"),
    "the worker died": Fault(silent("worker"), _DOWN, "worker", "Travaux ne répond pas"),
    "the worker never started": Fault(gone("worker"), _DOWN, "worker", "Travaux ne répond pas"),
    "the gate died": Fault(silent("gate"), _DOWN, "gate", "Contrôle des envois ne répond pas"),
    "the worker of long jobs died": Fault(silent("worker-long"), _WANTS, "long-worker", "Travaux longs"),
    "the worker of imports died": Fault(silent("worker-imports"), _WANTS, "import-worker", "Imports"),
    "the worker of strangers' mail died": Fault(
        silent("worker-untrusted"), _WANTS, "untrusted-worker", "Lecture des rapports"
    ),
    "the collector died": Fault(silent("collector"), _WANTS, "collector", "Trace des messages"),
    "the filter is not there": Fault(closed("filter"), _WANTS, "filter", "Filtre demande qu’on s’en occupe"),
    "the filter says nothing": Fault(says("filter", None), _WANTS, "filter", "Filtre"),
    "the virus check is not there": Fault(closed("antivirus"), _WANTS, "antivirus", "Antivirus demande"),
    "the virus check says nothing": Fault(says("antivirus", None), _WANTS, "antivirus", "Antivirus"),
    "the virus check is out of order": Fault(says("antivirus", b"ERROR\0"), _WANTS, "antivirus", "Antivirus"),
    "a certificate has ended": Fault(expired(), _DOWN, "certificates", "Certificats ne répond pas"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_its_alarm_and_by_no_other_until_it_is_mended(parts: Parts, name: str) -> None:
    fault = FAULTS[name]
    break_, mend = fault.acts
    assert parts.watched.measure("health") == []
    break_(parts)
    ((alarm, words),) = parts.watched.measure("health")
    assert alarm == fault.alarm
    assert words.startswith(fault.words), words
    assert ADVICE[alarm].steps
    mend(parts)
    assert parts.watched.measure("health") == []
    assert parts.watched.is_over(fault.alarm)
