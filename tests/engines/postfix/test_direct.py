"""Mail that really leaves, to a world on the loopback: signed, refused, delayed, behind DANE or not."""

import re
import signal
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engines import live
from tests.engines.live import Someone, letter, wait_until
from tests.engines.postfix.world import World

from vaguemestre.engines.instance import signer_socket
from vaguemestre.engines.postfix import outgoing
from vaguemestre.engines.postfix.log_reader import LogReader
from vaguemestre.engines.postfix.maillog import queue
from vaguemestre.engines.rspamd import signer
from vaguemestre.engines.rspamd.signing_keys import SigningKeyFiles
from vaguemestre.post.dkim.rules.key_pair import make_key_pair
from vaguemestre.post.dkim.values import Algorithm
from vaguemestre.post.outbox.rules.reasons import delivery_reason
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState, LogPosition, SignerName
from vaguemestre.site.config import MailSection, OutgoingSection

pytestmark = pytest.mark.engines
DOMAIN = "ac-amiens.test"
SELECTORS = {Algorithm.RSA: "rsa1", Algorithm.ED25519: "ed1"}


class Sender(live.LiveEngines):
    """An instance whose Postfix and signer live in the world."""

    world: World

    def _launch(self, argv: Sequence[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        inside = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        prefix = ["unshare", "--mount", "--propagation", "private", "sh", "-c", inside]
        return super()._launch([*prefix, str(self.world.resolv_conf), *argv], environment)

    def start_signer(self) -> None:
        signer.prepare(self.config)
        signer_socket(self.config).unlink(missing_ok=True)
        self.children["signer"] = self._launch(signer.command(self.config), {})
        wait_until(lambda: signer_socket(self.config).exists(), 60)

    def deliveries(self) -> list[DeliveryEvent]:
        return LogReader(self.config)(LogPosition(), datetime.now(UTC))[0]

    def delivery(self, recipient: str, state: DeliveryState) -> DeliveryEvent:
        def events() -> list[DeliveryEvent]:
            return [one for one in self.deliveries() if one.recipient == recipient and one.state is state]

        return wait_until(events, 40)[0]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    world = World(Path(tempfile.mkdtemp(prefix="vm-world-")))
    made = live.make()
    mail = MailSection(outgoing=OutgoingSection(mode="direct", ipv6=False))
    engines = Sender(replace(made.config, mail=mail))
    engines.world = world
    pairs = {algorithm: make_key_pair(algorithm) for algorithm in Algorithm}
    zone = [f"{DOMAIN}. IN MX 10 mail"]
    for algorithm, selector in SELECTORS.items():
        value = f"v=DKIM1; k={algorithm}; p={pairs[algorithm].public}"
        quoted = " ".join(f'"{value[start : start + 250]}"' for start in range(0, len(value), 250))
        zone.append(f"{selector}._domainkey IN TXT {quoted}")
    patch = pytest.MonkeyPatch()
    patch.setattr(outgoing, "name_servers", lambda: ("127.5.3.1",))
    try:
        world.start({DOMAIN: zone})
        engines.prepare()
        signer.prepare(engines.config)
        keys = SigningKeyFiles(engines.config)
        for algorithm, selector in SELECTORS.items():
            keys.store(DOMAIN, selector, pairs[algorithm].private)
        keys.use(DOMAIN, list(SELECTORS.values()))
        engines.start_signer()
        engines.start()
        yield engines
    finally:
        patch.undo()
        world.stop()
        for name in set(engines.children) - {"signer"}:
            engines.end(name)
        if "signer" in engines.children:
            engines.end("signer", signal.SIGKILL)  # rspamd waits 16 s for sessions it believes open
        engines.stop()
        live.remove(engines)
        subprocess.run(["rm", "-rf", str(world.home)], check=False)


@pytest.fixture
def marie(sender: Sender) -> Someone:
    return sender.someone()


def send(sender: Sender, marie: Someone, to: str, subject: str) -> None:
    message = letter(f"Marie <{marie.address}>", to, subject)
    sender.submit(marie, marie.address, to, message)


def verified(sender: Sender, content: bytes, index: int) -> str:
    """What dkimpy, which is not ours nor rspamd's, says of a signature of the message."""
    program = (
        "import sys, dkim; d = dkim.DKIM(sys.stdin.buffer.read());"
        f"print(d.verify(idx={index}), d.signature_fields.get(b'a'), d.signature_fields.get(b'd'))"
    )
    inside = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
    argv = ["unshare", "--mount", "--propagation", "private", "sh", "-c", inside]
    done = subprocess.run(
        [*argv, str(sender.world.resolv_conf), "/usr/bin/python3", "-c", program],
        input=content, capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode().strip()


def test_a_letter_reaches_another_domain_with_two_valid_signatures(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@loin.example", "deux signatures")
    content = sender.world.raw("deux signatures")
    assert content.count(b"DKIM-Signature:") == 2
    results = {verified(sender, content, index) for index in (0, 1)}
    assert results == {f"True b'{name}' b'{DOMAIN}'" for name in ("rsa-sha256", "ed25519-sha256")}


def test_a_corrected_name_is_what_is_signed(sender: Sender, marie: Someone) -> None:
    """`send` signs « Marie », which is not what the directory says here."""
    sender.signers[marie.mailbox] = SignerName("Élise Dupont", ("Dupont",))
    send(sender, marie, "paul@loin.example", "nom juste")
    content = sender.world.raw("nom juste")
    assert b"\nFrom: =?utf-8?B?" in content
    assert b"Marie" not in content
    assert {verified(sender, content, index)[:4] for index in (0, 1)} == {"True"}


def test_what_is_for_this_installation_only_does_not_leave(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@loin.example", "sans sceau")
    content = sender.world.raw("sans sceau")
    assert b"policy.seal" not in content
    assert b"Authentication-Results" not in content


def test_it_travels_encrypted(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@loin.example", "chiffré en route")
    assert re.search(rb"with ESMTPS\b", sender.world.raw("route"))


def test_a_refusal_of_the_other_server_comes_back_and_has_a_reason(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "inconnu@loin.example", "pour un inconnu")
    refused = sender.delivery("inconnu@loin.example", DeliveryState.REFUSED)
    assert delivery_reason(refused.status, refused.diagnostic) == "outbox.status-unknown-person"
    bounce = sender.found(marie, "Courriel non remis")[0]
    assert b"inconnu@loin.example" in bounce


def test_a_server_that_says_later_is_a_delay_and_holds_up_nobody_else(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "lent@loin.example", "qui attend")
    delayed = sender.delivery("lent@loin.example", DeliveryState.DELAYED)
    assert delayed.status.startswith("4.")
    assert ("lent@loin.example",) in [one.recipients for one in queue(sender.config)]
    send(sender, marie, "paul@loin.example", "qui passe devant")
    assert sender.world.raw("qui passe devant")


def test_a_domain_that_does_not_exist_is_told_at_once(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@absent.loin.example", "pour nulle part")
    refused = sender.delivery("paul@absent.loin.example", DeliveryState.REFUSED)
    assert delivery_reason(refused.status, refused.diagnostic) == "outbox.status-unknown-domain"


def test_dane_trusts_the_published_key_and_refuses_another(sender: Sender, marie: Someone) -> None:
    send(sender, marie, "paul@sur.example", "clé publiée")
    assert sender.world.raw("publiée")
    log = (sender.config.logs_dir / "postfix.log").read_text()
    assert re.search(r"Verified TLS connection established to mx\.sur\.example", log)
    send(sender, marie, "paul@faux.example", "autre clé")
    delayed = sender.delivery("paul@faux.example", DeliveryState.DELAYED)
    assert "not verified" in delayed.diagnostic
    assert sender.world.arrived("autre") == []


def test_a_new_key_signs_the_next_letter_without_a_restart(sender: Sender, marie: Someone) -> None:
    keys = SigningKeyFiles(sender.config)
    keys.store(DOMAIN, "rsa2", make_key_pair(Algorithm.RSA).private)
    try:
        keys.use(DOMAIN, ["rsa2"])
        send(sender, marie, "paul@loin.example", "clé suivante")
        content = sender.world.raw("suivante")
    finally:
        keys.use(DOMAIN, list(SELECTORS.values()))
    assert re.findall(rb"\bs=(\w+);", content) == [b"rsa2"]


def test_without_the_signer_nothing_is_taken(sender: Sender, marie: Someone) -> None:
    sender.end("signer", signal.SIGKILL)
    try:
        with smtplib.SMTP("localhost", sender.config.ports.submission, timeout=20) as client:
            client.ehlo()
            assert client.docmd("STARTTLS") == (454, b"4.3.0 Try again later")
    finally:
        sender.start_signer()
    assert sender.world.arrived("sans signataire") == []
    send(sender, marie, "paul@loin.example", "signataire revenu")
    assert b"DKIM-Signature:" in sender.world.raw("revenu")
