"""The TLS that other domains ask for: their MTA-STS policies, after their keys in DNS (DANE)."""

import asyncio
import re
import signal
import sys
from collections.abc import Iterator

import pytest
from tests.engines.live import Someone, wait_until
from tests.engines.postfix.sender import Sender, send, sending
from tests.engines.postfix.world import NOBODY, RESOLVER

from vaguemestre.engines.outgoing import mta_sts
from vaguemestre.engines.outgoing.outgoing_services import dane_socket, policy_socket
from vaguemestre.engines.remote.dane import DanePolicy
from vaguemestre.engines.system_users import postfix_group, set_owner, system_user
from vaguemestre.post.trace.values import StepKind
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor.companions import dane_policy
from vaguemestre.processes.supervisor.rights import prefix
from vaguemestre.site.config import PROJECT, MailSection, OutgoingSection

pytestmark = pytest.mark.engines


class Follower(Sender):
    """With the two that Postfix asks about a domain, which live in the world as Postfix does."""

    def start(self) -> None:
        user = system_user(mta_sts.USER)
        for socket in (policy_socket(self.config), dane_socket(self.config)):
            socket.parent.mkdir()
            set_owner(socket.parent, user.pw_uid, postfix_group(), 0o2750)
        mta_sts.prepare(self.config)
        self.start_daemon()
        child = dane_policy(sys.executable, dane_socket(self.config))
        self.children[child.name] = self._launch(child.argv, {"PYTHONPATH": str(PROJECT / "src")})
        wait_until(dane_socket(self.config).exists)
        super().start()

    def start_daemon(self) -> None:
        """As its user: it may write where its duty says, and no user but Postfix's opens its socket."""
        argv = (*prefix(DUTIES["mta-sts"]), *mta_sts.command(self.config))
        trusted = {"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}  # its own authorities, in the world
        self.children["mta-sts"] = self._launch(argv, trusted)
        wait_until(policy_socket(self.config).exists)

    def log(self) -> str:
        return (self.config.logs_dir / "postfix.log").read_text(errors="replace")


@pytest.fixture(scope="module")
def sender() -> Iterator[Follower]:
    outgoing = OutgoingSection(mode="direct", ipv6=False)
    with sending(MailSection(outgoing=outgoing), Follower) as engines:
        assert isinstance(engines, Follower)
        yield engines


@pytest.fixture
def marie(sender: Follower) -> Someone:
    return sender.someone()


def test_a_domain_with_a_policy_is_written_to_over_a_verified_connection(
    sender: Follower, marie: Someone
) -> None:
    send(sender, marie, "paul@exigeant.example", "politique tenue")
    assert sender.world.raw("tenue")
    assert re.search(r"Verified TLS connection established to mx\.exigeant\.example", sender.log())


def test_a_server_whose_certificate_has_another_name_gets_nothing(sender: Follower, marie: Someone) -> None:
    send(sender, marie, "paul@mauvais.example", "politique rompue")
    assert "not verified" in sender.delivery("paul@mauvais.example", StepKind.DEFERRED).detail
    assert sender.world.arrived("rompue") == []


def test_a_domain_without_a_policy_is_written_to_as_before(sender: Follower, marie: Someone) -> None:
    send(sender, marie, "paul@loin.example", "sans politique")
    assert sender.world.raw("sans politique")


def test_keys_in_dns_go_before_a_policy_that_would_refuse(sender: Follower, marie: Someone) -> None:
    send(sender, marie, "paul@double.example", "clé contre politique")
    assert sender.world.raw("contre")


def test_keys_in_dns_go_before_a_policy_that_would_accept(sender: Follower, marie: Someone) -> None:
    send(sender, marie, "paul@contredit.example", "politique contre cle")
    assert "not verified" in sender.delivery("paul@contredit.example", StepKind.DEFERRED).detail
    assert sender.world.arrived("contre cle") == []


def test_while_policies_cannot_be_asked_mail_waits(sender: Follower, marie: Someone) -> None:
    sender.end("mta-sts", signal.SIGKILL)  # it waits for its clients
    try:
        send(sender, marie, "paul@loin.example", "politique muette")
        assert sender.delivery("paul@loin.example", StepKind.DEFERRED).status.startswith("4.")
        assert sender.world.arrived("muette") == []
    finally:
        sender.start_daemon()
    sender.flush_queue()
    assert sender.world.raw("muette")


def test_no_other_user_asks_the_daemon(sender: Follower) -> None:
    folder = policy_socket(sender.config).parent.stat()
    assert folder.st_mode & 0o007 == 0
    assert policy_socket(sender.config).stat().st_gid == postfix_group()


@pytest.mark.parametrize(
    ("domain", "level"),
    [
        ("double.example", "dane-only"),
        ("contredit.example", "dane-only"),
        ("exigeant.example", ""),
        ("absent.loin.example", ""),
        (".example", ""),
        ("[127.0.0.1]:587", ""),
        ("a..b", ""),
    ],
)
def test_what_dns_says_of_the_servers_of_a_domain(sender: Follower, domain: str, level: str) -> None:
    assert asyncio.run(DanePolicy(RESOLVER)(domain)) == level


def test_a_resolver_that_does_not_answer_leaves_the_level_to_postfix(sender: Follower) -> None:
    assert asyncio.run(DanePolicy(NOBODY)("loin.example")) == "dane"
