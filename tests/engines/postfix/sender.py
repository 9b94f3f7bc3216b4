"""An instance that really sends, to a world on the loopback."""

import contextlib
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests import own_filter
from tests.engines import live
from tests.engines.live import Someone, letter, wait_until
from tests.engines.postfix.world import RESOLVER, World

from vaguemestre.engines.home_alias import signer_socket
from vaguemestre.engines.postfix import outgoing
from vaguemestre.engines.rspamd import signer
from vaguemestre.engines.rspamd.signing_keys import SigningKeyFiles
from vaguemestre.post.dkim.rules.key_pair import make_key_pair
from vaguemestre.post.dkim.values import Algorithm
from vaguemestre.post.trace.values import Step, StepKind
from vaguemestre.site.config import MailSection

DOMAIN = "ac-amiens.test"
SELECTORS = {Algorithm.RSA: "rsa1", Algorithm.ED25519: "ed1"}


class Sender(live.LiveEngines):
    """An instance whose Postfix and signer live in the world."""

    world: World

    def _launch(self, argv: Sequence[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        return super()._launch(self.world.inside(argv), environment)

    def start_signer(self) -> None:
        own_filter.give_compiled(self.config)
        signer.prepare(self.config)
        signer_socket(self.config).unlink(missing_ok=True)
        self.children["signer"] = self._launch(signer.command(self.config), {})
        wait_until(lambda: signer_socket(self.config).exists(), 300)  # its expressions are compiled
        own_filter.keep_compiled(self.config)

    def delivery(self, recipient: str, kind: StepKind) -> Step:
        def steps() -> list[Step]:
            return [one for one in self.logged_steps() if one.recipient == recipient and one.kind is kind]

        return wait_until(steps, 60)[0]


@contextlib.contextmanager
def sending(mail: MailSection, kind: type[Sender] = Sender) -> Iterator[Sender]:
    """An instance of that section with published keys, started in a world of its own."""
    world = World(Path(tempfile.mkdtemp(prefix="vm-world-")))
    engines = kind(replace(live.make().config, mail=mail))
    engines.world = world
    pairs = {algorithm: make_key_pair(algorithm) for algorithm in Algorithm}
    zone = [f"{DOMAIN}. IN MX 10 mail"]
    for algorithm, selector in SELECTORS.items():
        value = f"v=DKIM1; k={algorithm}; p={pairs[algorithm].public}"
        quoted = " ".join(f'"{value[start : start + 250]}"' for start in range(0, len(value), 250))
        zone.append(f"{selector}._domainkey IN TXT {quoted}")
    patch = pytest.MonkeyPatch()
    patch.setattr(outgoing, "name_servers", lambda: (RESOLVER,))
    try:
        world.start({DOMAIN: zone})
        engines.prepare()
        signer.prepare(engines.config)
        keys = SigningKeyFiles(engines.config, engines.config.secrets_dir / "filter_key")
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


def send(sender: Sender, person: Someone, to: str, subject: str) -> None:
    sender.submit(person, person.address, to, letter(f"Marie <{person.address}>", to, subject))


def verified(sender: Sender, content: bytes, index: int) -> str:
    """What dkimpy, which is not ours nor rspamd's, says of a signature of the message."""
    program = (
        "import sys, dkim; d = dkim.DKIM(sys.stdin.buffer.read());"
        f"print(d.verify(idx={index}), d.signature_fields.get(b'a'), d.signature_fields.get(b'd'))"
    )
    return asked(sender, program, content)


def asked(sender: Sender, program: str, content: bytes) -> str:
    """What a program of Debian's Python prints about a message, in the world."""
    argv = sender.world.inside(["/usr/bin/python3", "-c", program])
    return subprocess.run(argv, input=content, capture_output=True, check=True).stdout.decode().strip()
