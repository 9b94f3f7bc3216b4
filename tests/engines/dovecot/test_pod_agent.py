"""The agent of a pod answers who has the password, and nobody else; who asked is judged where they asked."""

import datetime as dt
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.engines.pods import TOPOLOGY

from vaguemestre.engines.agent import Agent, Verb
from vaguemestre.engines.dovecot.mail_agent import MailAgent, socket_path
from vaguemestre.engines.dovecot.pods.pod_agent import PodAgent, PodAgents
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.processes.agents.mail_relay import relay_verbs
from vaguemestre.site.config import PROJECT, Config

HOSTS = {"un": "127.0.0.2"}
STRANGER = 65534


@dataclass
class Pod:
    """`asked`: what its agent was asked to do."""

    config: Config
    port: int
    asked: list[tuple[str, ...]]

    def agents(self, password: str = "secret", *, authority: Path | None = None) -> PodAgents:
        file = authority or certificates.paths(self.config).ca
        return PodAgents(HOSTS, self.port, ssl.create_default_context(cafile=str(file)), password)


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[Pod]:
    config = Config(home=tmp_path / "un", topology=TOPOLOGY, served_pod="un")
    certificates.make_missing(config, now=dt.datetime.now(dt.UTC))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    pair = certificates.pod_pair(config)
    tls.load_cert_chain(pair.certificate, pair.key)
    asked: list[tuple[str, ...]] = []

    def put(*words: str) -> str:
        asked.append(words)
        return "put"

    with PodAgent((HOSTS["un"], 0), {"put-script": Verb(put, ())}, tls, "secret") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Pod(config, server.server_address[1], asked)
        server.shutdown()
        thread.join()


def test_it_does_what_another_machine_asks(pod: Pod) -> None:
    assert pod.agents().ask("un", "put-script", "anne@a.fr", "keep;\n") == "put"
    assert pod.asked == [("anne@a.fr", "keep;\n")]
    with pytest.raises(EngineRefused, match="verbe inconnu"):
        pod.agents().ask("un", "rm", "anne@a.fr")


def test_without_the_password_nothing_is_done(pod: Pod) -> None:
    with pytest.raises(EngineDown):
        pod.agents("another").ask("un", "put-script", "anne@a.fr", "discard;\n")
    assert pod.asked == []


def test_a_machine_that_another_authority_vouches_for_is_told_nothing(pod: Pod, tmp_path: Path) -> None:
    stranger = replace(pod.config, home=tmp_path / "stranger")
    certificates.make_missing(stranger, now=dt.datetime.now(dt.UTC))
    with pytest.raises(EngineDown, match="verify"):
        pod.agents(authority=certificates.paths(stranger).ca).ask("un", "put-script", "anne@a.fr", "")
    assert pod.asked == []


def test_a_front_passes_on_what_its_own_processes_may_ask(pod: Pod, tmp_path: Path) -> None:
    front = replace(pod.config, home=tmp_path, served_pod="")
    path = socket_path(front)
    path.parent.mkdir(parents=True)
    verbs = relay_verbs(pod.agents(), HOSTS, {"put-script": Verb(str, ()), "erase": Verb(str, ())})
    with Agent(path, verbs) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        MailAgent(front, lambda _: "un").put_house_script("anne@a.fr", "keep;\n")
        for folder in (tmp_path, path.parent.parent.parent, path.parent.parent, path.parent):
            folder.chmod(0o755)
        path.chmod(0o666)
        refused = _asked_as(STRANGER, front)
        server.shutdown()
        thread.join()
    assert refused
    assert pod.asked == [("anne@a.fr", "keep;\n")]


def _asked_as(user: int, front: Config) -> bool:
    """Whether somebody else of that machine is refused.

    Asked by a program of its own: in a fork of this one, whose threads are gone, it may wait for their locks.
    """
    program = """
import os, sys
from pathlib import Path
from vaguemestre.engines.dovecot.mail_agent import MailAgent, socket_path
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.site.config import Config
front, user = Config(home=Path(sys.argv[1])), int(sys.argv[2])
socket_path(front)  # looked for by root, who may look everywhere
os.setuid(user)
try:
    MailAgent(front, lambda _: "un").put_house_script("anne@a.fr", "discard;\\n")
except (EngineDown, EngineRefused):  # hung up on, or answered so
    print("refused")
"""
    asked = subprocess.run(
        [sys.executable, "-c", program, str(front.home), str(user)],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return asked.stdout == "refused\n"
