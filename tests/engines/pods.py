"""Two pods and a front on one machine, each with an address of the loopback, as on machines of their own."""

import contextlib
import datetime as dt
import imaplib
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.engines import live
from tests.engines.live import LiveEngines, Someone, wait_until

from vaguemestre.engines.cluster.configuration import let_go_text, routes_text
from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.dovecot import mail_agent
from vaguemestre.engines.dovecot.copies.unexamined import Scan
from vaguemestre.engines.dovecot.pods.pod_agent import PodAgent
from vaguemestre.engines.home_alias import open_home
from vaguemestre.engines.projection import backend as projection
from vaguemestre.engines.projection.places import Places
from vaguemestre.engines.tls import certificates
from vaguemestre.processes.production.nodes.keys import cluster_of
from vaguemestre.processes.production.nodes.routes import routes_of
from vaguemestre.site import secrets as site_secrets
from vaguemestre.site.config import Config, MailSection
from vaguemestre.site.config.topology import NodeSection, PodSection, Topology

_ADDRESSES = {"": "127.0.0.1", "un": "127.0.0.2", "deux": "127.0.0.3"}
_PODS = tuple(PodSection(name, address, ("a",)) for name, address in _ADDRESSES.items() if name)
TOPOLOGY = Topology((NodeSection("a", "127.0.0.1", ("web", "proxy", "pod", "mx")),), _PODS)


class Pod(LiveEngines):
    """A Dovecot that keeps mail, with its agent, without a Postfix of its own."""

    _agent: PodAgent | None = None

    def start_agent(self, scan: Scan | None) -> None:
        config = self.config
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        pair = certificates.pod_pair(config)
        tls.load_cert_chain(pair.certificate, pair.key)
        place = (_ADDRESSES[config.served_pod], config.ports.pod_agent)
        password = (config.secrets_dir / "doveadm_key").read_text(encoding="utf-8")
        self._agent = PodAgent(place, mail_agent.verbs(config, (), (), scan), tls, password)
        threading.Thread(target=self._agent.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._agent:
            self._agent.shutdown()
            self._agent.server_close()
        super().stop()

    def homes(self) -> set[str]:
        """The mailboxes that have a folder here, without their domain."""
        return {home.name for home in self.config.home.glob("mail/*/*")}


@dataclass
class Cluster:
    """`front`: Postfix and the Dovecot that hands over; `pods`: Dovecots that keep mail, by name."""

    front: LiveEngines
    pods: dict[str, "Pod"]

    @property
    def places(self) -> Places:
        return Places(self.front.directory)

    def someone(self, pod: str = "") -> Someone:
        """A new person whose mailbox is made on its pod, as provisioning does before anything arrives there.

        Dovecot, when a first message and a first program make it together, ends one of them.
        """
        person = self.front.someone()
        if pod:
            self.places.settle(person.mailbox, pod)
        self.pods[pod or _PODS[0].name].make(person)
        return person

    def address(self, pod: str) -> str:
        return _ADDRESSES[pod]

    def imap(self, pod: str = "") -> imaplib.IMAP4_SSL:
        """A connection to that pod; to the front for ""."""
        engines = self.pods[pod] if pod else self.front
        ports = engines.config.ports
        return imaplib.IMAP4_SSL(_ADDRESSES[pod], ports.imaps, ssl_context=engines.tls(), timeout=60)

    def signed_in(self, person: Someone, pod: str = "") -> imaplib.IMAP4_SSL:
        client = self.imap(pod)
        try:
            client.login(person.mailbox, person.password)
        except imaplib.IMAP4.error:
            client.shutdown()
            raise
        return client

    def with_token(self, mailbox: str, token: str, pod: str = "") -> imaplib.IMAP4_SSL:
        client, words = self.imap(pod), f"n,a={mailbox},\x01auth=Bearer {token}\x01\x01"
        try:
            client.authenticate("OAUTHBEARER", lambda _: words.encode())
        except imaplib.IMAP4.error:
            client.shutdown()
            raise
        return client

    def subjects(self, person: Someone, pod: str = "") -> list[str]:
        """The subjects in INBOX, in the order of UIDs."""
        client = self.signed_in(person, pod)
        try:
            client.select("INBOX", readonly=True)
            answer = client.uid("FETCH", "1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        finally:
            client.shutdown()
        return [
            part[1].decode().strip().removeprefix("Subject: ") for part in answer if isinstance(part, tuple)
        ]

    def arrive(self, person: Someone, subject: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.front.config.ports.mx, timeout=60) as client:
            client.send_message(
                live.letter("a@b.example", person.address, subject), "a@b.example", [person.address]
            )


@contextlib.contextmanager
def cluster(scan: Scan | None = None) -> Iterator[Cluster]:
    """Front and pods, started, with one projection, the same secrets and one authority. `scan`: of pods."""
    first = live.make()
    first = LiveEngines(replace(first.config, topology=TOPOLOGY))
    pods = {name: _pod(first.config, name) for name in ("un", "deux")}
    ways = None
    try:
        first.prepare()
        first.start_gate()
        first.start_dovecot()
        first.start_postfix()
        for pod in pods.values():
            _share(first.config, pod.config)
            prepare_dovecot(pod.config)
            pod.start_dovecot()
            pod.start_agent(scan)
        ways = _start_haproxy(first.config)
        yield Cluster(first, pods)
    finally:
        if ways:
            ways.terminate()
            ways.wait(30)
        for engines in (first, *pods.values()):
            engines.stop()
            live.remove(engines)


def _start_haproxy(front: Config) -> "subprocess.Popen[bytes]":
    """HAProxy of the front, as the installation writes it. At first it believes that the pods answer."""
    script = front.home / "let-go.lua"
    script.write_text(let_go_text(), encoding="utf-8")
    routes = tuple(routes_of(front))
    text = routes_text(cluster_of(front), routes, None, script)
    file = front.home / "haproxy.cfg"
    file.write_text(text.replace("    user haproxy\n    group haproxy\n", ""), encoding="utf-8")
    haproxy = subprocess.Popen(["haproxy", "-f", str(file)], start_new_session=True)
    wait_until(lambda: all(_is_listened(route.bind) for route in routes))
    return haproxy


def _is_listened(bind: str) -> bool:
    address, _, port = bind.rpartition(":")
    with socket.socket() as client:
        return client.connect_ex((address, int(port))) == 0


def prepare_dovecot(config: Config) -> None:
    open_home(config)
    certificates.make_missing(config, now=dt.datetime.now(dt.UTC))
    projection.prepare(config)
    dovecot.prepare(config)


def with_pods(config: Config, names: tuple[str, ...]) -> Config:
    """The same with its pods in that order."""
    pods = tuple(pod for name in names for pod in _PODS if pod.name == name)
    return replace(config, topology=Topology(TOPOLOGY.nodes, pods))


def _pod(front: Config, name: str) -> Pod:
    home = Path(tempfile.mkdtemp(prefix=f"vm-pod-{name}-"))
    return Pod(replace(front, home=home, served_pod=name, mail=MailSection(host=_ADDRESSES[name])))


def _share(source: Config, target: Config) -> None:
    """Secrets, authority and projection, which machines of one installation have in common."""
    shutil.copytree(source.secrets_dir, target.secrets_dir)
    site_secrets.make_missing(target.secrets_dir)
    (target.engines_dir / "tls").mkdir(parents=True)
    for file in ("ca.pem", "ca.key"):
        shutil.copy(source.engines_dir / "tls" / file, target.engines_dir / "tls")
    if source.database.engine != "postgresql":
        (target.engines_dir / "db").symlink_to(source.engines_dir / "db")
