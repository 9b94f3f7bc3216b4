"""Each way in which a part of an instance fails is named by one alarm, with its subject, within a minute.

The parts are sockets and files of the test: what an engine does when it fails is seen on running ones, in
`tests/journeys/test_t41_alarms_by_their_fault.py`.
"""

import os
import socketserver
import tempfile
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
from vaguemestre.engines.agent import Agent, Verb
from vaguemestre.engines.outgoing import outgoing_services
from vaguemestre.engines.postfix import queue_agent
from vaguemestre.engines.remote.resolver import ResolverState
from vaguemestre.engines.tls import certificates
from vaguemestre.engines.valkey import configuration as valkey
from vaguemestre.foundation.jobs.rules import QUEUES, worker_name
from vaguemestre.site.config import Config, FilesSection, MailSection, OutgoingSection, WorkerSection
from vaguemestre.site.config.ports import Ports
from vaguemestre.site.monitoring import companion_health, stored_sign

pytestmark = pytest.mark.django_db(transaction=True)
_PAGE = b"HTTP/1.0 200 OK\r\n\r\n"


class Part:
    """A port that answers what it is told: at once, or once it is asked. `None`: it says nothing."""

    def __init__(self, answer: bytes, *, speaks_first: bool) -> None:
        self.answer: bytes | None = answer
        self._first, part = speaks_first, self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                asked = b"" if part._first else self.request.recv(4096)
                if part.answer is None:
                    self.request.recv(1)  # until the other side is tired of waiting
                else:
                    self.request.sendall(part.reply(asked, part.answer))

        self._handler = Handler
        self.port = 0
        self.open()

    def reply(self, _asked: bytes, answer: bytes) -> bytes:
        return answer

    def open(self) -> None:
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), self._handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Front(Part):
    """The front: it answers by itself what names no host, and passes on the rest to address books."""

    def reply(self, asked: bytes, answer: bytes) -> bytes:
        return answer if b"Host:" in asked else b"HTTP/1.1 400 Bad Request\r\n\r\n"


class Beside:
    """The programs beside Postfix as its agent sees them, and the resolver as it answers."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.silent: set[str] = set()
        self.resolver = ResolverState.VALIDATES

    def verbs(self) -> dict[str, Verb]:
        def silent(names: str) -> list[str]:
            return [name for name in names.split() if name in self.silent]

        moves = Verb(lambda: "qmgr" not in self.silent, ())
        return {"alive": Verb(lambda: True, ()), "moves": moves, "silent": Verb(silent, ())}


class Parts(NamedTuple):
    """A whole instance, as its health is asked: parts by name, and what is in its home."""

    watched: Watched
    by_name: dict[str, Part]
    beside: Beside

    def file(self, name: str) -> Path:
        return self.watched.config.run_dir / f"{name}.heartbeat"


def config_at(home: Path, found: dict[str, int]) -> Config:
    """An instance whose parts have the ports that were free."""

    class Elsewhere(Config):
        @property
        def ports(self) -> Ports:
            return replace(
                super().ports, imap=found["dovecot"], managesieve=found["managesieve"], mx=found["postfix"],
                push=found["push"], carddav=found["front"], filter_controller=found["filter"],
                srs_forward=found["postsrsd"],
            )  # fmt: skip

    clamd = FilesSection(clamd=f"127.0.0.1:{found['antivirus']}")
    mail = MailSection(forward_outside=True, outgoing=OutgoingSection(mode="direct"))
    return Elsewhere(home=home, port_base=61_000, files=clamd, mail=mail, worker=WorkerSection(count=1))


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Where the agent's socket has a name that is short enough."""
    with tempfile.TemporaryDirectory(prefix="vm-") as folder:
        yield Path(folder)


@pytest.fixture
def beside(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Beside]:
    """An instance that has all of them, whatever is installed on this machine."""
    found, here = Beside(short_path / "s"), Path("/bin/sh")
    for module, name in (
        (instance_module, "_FILTER"), (outgoing_services, "SENDER_REWRITER"),
        (outgoing_services, "POLICY_DAEMON"), (valkey, "PROGRAM"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, here)
    monkeypatch.setattr(companion_health, "name_servers", lambda: ("127.0.0.1",))
    monkeypatch.setattr(companion_health, "resolver_state", lambda _servers: found.resolver)
    monkeypatch.setattr(queue_agent, "socket_path", lambda _place: found.socket)
    agent = Agent(found.socket, found.verbs())
    thread = threading.Thread(target=agent.serve_forever, args=(0.02,))
    thread.start()
    yield found
    agent.shutdown()
    thread.join(60)
    agent.server_close()


@pytest.fixture
def parts(tmp_path: Path, beside: Beside) -> Iterator[Parts]:
    by_name = {
        "dovecot": Part(b"* OK ready\r\n", speaks_first=True),
        "managesieve": Part(b'"IMPLEMENTATION" "x"\r\n', speaks_first=True),
        "postfix": Part(b"220 mail ESMTP\r\n", speaks_first=True),
        "push": Part(_PAGE, speaks_first=False),
        "front": Front(_PAGE, speaks_first=False),
        "filter": Part(_PAGE, speaks_first=False),
        "antivirus": Part(b"PONG\0", speaks_first=False),
        "postsrsd": Part(b"200 SRS0=x@ac-amiens.test\n", speaks_first=False),
    }
    config = config_at(tmp_path, {name: part.port for name, part in by_name.items()})
    config.run_dir.mkdir()
    config.data_dir.mkdir()
    stored_sign.touch_stored_sign(config.data_dir)
    certificates.make_missing(config, now=datetime.now(UTC))
    made = Parts(Watched(config), by_name, beside)
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


def mute(name: str) -> tuple[Act, Act]:
    return (lambda parts: parts.beside.silent.add(name)), (lambda parts: parts.beside.silent.clear())


def stopped_agent() -> tuple[Act, Act]:
    def move(away: bool) -> Act:
        def act(parts: Parts) -> None:
            socket = parts.beside.socket
            hidden = socket.with_name("away")
            socket.rename(hidden) if away else hidden.rename(socket)

        return act

    return move(True), move(False)


def resolves(state: ResolverState) -> tuple[Act, Act]:
    def set_to(wanted: ResolverState) -> Act:
        return lambda parts: setattr(parts.beside, "resolver", wanted)

    return set_to(state), set_to(ResolverState.VALIDATES)


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


def unstored() -> tuple[Act, Act]:
    def aged(seconds: float) -> Act:
        def act(parts: Parts) -> None:
            past = time.time() - seconds
            os.utime(parts.watched.config.data_dir / stored_sign.FILE, (past, past))

        return act

    return aged(50), aged(0)


class Fault(NamedTuple):
    acts: tuple[Act, Act]
    alarm: str
    subject: str
    words: str


_DOWN, _WANTS = "part-down", "part-wants"
FAULTS = {
    "the mail store is not there": Fault(closed("dovecot"), _DOWN, "dovecot", "Boîtes (IMAP) : pas"),
    "the mail store says nothing": Fault(says("dovecot", None), _DOWN, "dovecot", "Boîtes"),
    "the mail store sends everybody away": Fault(says("dovecot", b"* BYE\r\n"), _DOWN, "dovecot", "Boîtes"),
    "the mail store starts no process": Fault(says("managesieve", None), _DOWN, "dovecot", "Boîtes"),
    "filters cannot be edited": Fault(closed("managesieve"), _DOWN, "dovecot", "Boîtes"),
    "the MX is not there": Fault(closed("postfix"), _DOWN, "postfix", "Arrivée du courrier : pas de réponse"),
    "the MX says nothing": Fault(says("postfix", None), _DOWN, "postfix", "Arrivée du courrier"),
    "the MX is full": Fault(says("postfix", b"421 4.3.2 full\r\n"), _DOWN, "postfix", "Arrivée du courrier"),
    "the queue stands still": Fault(mute("qmgr"), _DOWN, "postfix", "Arrivée du courrier : pas de réponse"),
    "live notices are not there": Fault(closed("push"), _DOWN, "push", "Avis en direct : pas de réponse"),
    "live notices fail": Fault(says("push", b"HTTP/1.0 500 no\r\n\r\n"), _DOWN, "push", "Avis en direct"),
    "the front is not there": Fault(closed("front"), _DOWN, "front", "Accueil des pages (nginx) : pas"),
    "the front says nothing": Fault(says("front", None), _DOWN, "front", "Accueil des pages (nginx) : pas"),
    "address books are not there": Fault(
        says("front", b"HTTP/1.1 502 Bad Gateway\r\n\r\n"), _DOWN, "carddav", "Carnets (CardDAV)"
    ),
    "the worker died": Fault(silent("worker"), _DOWN, "worker", "Travaux : pas de réponse"),
    "the worker never started": Fault(gone("worker"), _DOWN, "worker", "Travaux : pas de réponse"),
    "the gate died": Fault(silent("gate"), _DOWN, "gate", "Contrôle des envois : pas de réponse"),
    "the worker of long jobs died": Fault(silent("worker-long"), _WANTS, "long-worker", "Travaux longs"),
    "the worker of imports died": Fault(silent("worker-imports"), _WANTS, "import-worker", "Imports"),
    "the worker of strangers' mail died": Fault(
        silent("worker-untrusted"), _WANTS, "untrusted-worker", "Lecture des rapports"
    ),
    "the collector died": Fault(silent("collector"), _WANTS, "collector", "Trace des messages"),
    "the filter is not there": Fault(closed("filter"), _WANTS, "filter", "Filtre : à voir de près"),
    "the filter says nothing": Fault(says("filter", None), _WANTS, "filter", "Filtre"),
    "the filter starts no process": Fault(mute("rspamd"), _WANTS, "filter", "Filtre : à voir de près"),
    "the virus check is not there": Fault(closed("antivirus"), _WANTS, "antivirus", "Antivirus : à voir"),
    "the virus check says nothing": Fault(says("antivirus", None), _WANTS, "antivirus", "Antivirus"),
    "the virus check is out of order": Fault(says("antivirus", b"ERROR\0"), _WANTS, "antivirus", "Antivirus"),
    "parts of arrivals are not counted": Fault(mute("arrivals"), _WANTS, "arrivals", "Contrôle du courrier"),
    "nothing is stored": Fault(unstored(), _DOWN, "database-writes", "Enregistrement dans la base : rien"),
    "nothing is signed": Fault(mute("signer"), _DOWN, "signer", "Signature des envois (DKIM) : pas"),
    "policies of others are not known": Fault(mute("mta-sts"), _DOWN, "mta-sts", "Chiffrement exigé par les"),
    "keys of others are not known": Fault(mute("dane-policy"), _DOWN, "dane-policy", "Clés des autres"),
    "nobody asks the agents": Fault(stopped_agent(), _WANTS, "queue-agent", "Agent de la file : à voir"),
    "the agent of mailboxes stands still": Fault(mute("mail-agent"), _WANTS, "mail-agent", "Agent des"),
    "the agent of tokens stands still": Fault(mute("token-agent"), _DOWN, "token-agent", "Agent des jetons"),
    "the agent of NUMENs stands still": Fault(mute("numen-agent"), _WANTS, "numen-agent", "Agent des NUMEN"),
    "the filter has no memory": Fault(mute("valkey"), _WANTS, "valkey", "Mémoire du filtre : à voir"),
    "return paths are not made": Fault(closed("postsrsd"), _WANTS, "postsrsd", "Adresses de ce qui est"),
    "return paths are refused": Fault(says("postsrsd", b"500 no\n"), _WANTS, "postsrsd", "Adresses de ce"),
    "who makes return paths says nothing": Fault(says("postsrsd", None), _WANTS, "postsrsd", "Adresses"),
    "names are not found": Fault(resolves(ResolverState.SILENT), _WANTS, "resolver", "Serveur de noms (DNS)"),
    "names are not verified": Fault(resolves(ResolverState.ANSWERS), _WANTS, "resolver", "Serveur de noms"),
    "a certificate has ended": Fault(expired(), _DOWN, "certificates", "Certificats : l’un d’eux est fini"),
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
