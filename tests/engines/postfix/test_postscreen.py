"""Who brings mail waits to be greeted, once a day; who does not is refused, and so is who is on a list."""

import smtplib
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.engines.live import letter, wait_until
from tests.engines.postfix.sender import Sender, sending
from tests.engines.postfix.world import BLOCK_LIST, BLOCKED
from tests.own_network import NETWORK

from vaguemestre.post.trace.values import Step, StepKind
from vaguemestre.site.config import MailSection, NetworkSection, OutgoingSection

pytestmark = pytest.mark.engines
HASTY, HONEST = f"{NETWORK}.77", f"{NETWORK}.78"
GREET_SECONDS = 6


class Watched(Sender):
    """An instance for which nobody but 127.0.0.1 is one of its own machines."""

    def __post_init__(self) -> None:
        self.config = replace(self.config, network=NetworkSection(trusted=("127.0.0.1/32",)))
        super().__post_init__()


@pytest.fixture(scope="module")
def watched() -> Iterator[Sender]:
    outgoing = OutgoingSection(mode="direct", ipv6=False, mta_sts=False)
    mail = MailSection(block_lists=(BLOCK_LIST,), content_filter=False, outgoing=outgoing)
    with sending(mail, Watched) as engines:
        yield engines


def bring(engines: Sender, to: str, subject: str, *, source: str) -> float:
    """How many seconds a letter takes to be accepted."""
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", engines.config.ports.mx, timeout=60, source_address=(source, 0)) as client:
        client.sendmail("a@loin.example", [to], letter("a@loin.example", to, subject).as_bytes())
    return time.monotonic() - began


def rejection(engines: Sender, sender: str) -> Step:
    def rejections() -> list[Step]:
        steps = (step for step in engines.logged_steps() if step.kind is StepKind.REJECTED)
        return [step for step in steps if step.sender == sender]

    return wait_until(rejections)[0]


def test_who_speaks_before_it_is_greeted_is_refused_and_the_trace_says_so(watched: Sender) -> None:
    marie = watched.someone()
    with socket.create_connection(
        ("127.0.0.1", watched.config.ports.mx), 60, source_address=(HASTY, 0)
    ) as peer:
        peer.sendall(b"EHLO robot.example\r\n")
        with peer.makefile("rb") as answers:
            for line in (b"MAIL FROM:<hate@loin.example>", f"RCPT TO:<{marie.address}>".encode()):
                while not answers.readline().startswith(b"250 "):
                    pass
                peer.sendall(line + b"\r\n")
            assert answers.readline().startswith(b"550 5.5.1")
    step = rejection(watched, "hate@loin.example")
    assert (step.recipient, step.status) == (marie.address, "5.5.1")
    assert step.relay.startswith(f"[{HASTY}]:")


def test_an_honest_server_waits_once_and_its_letters_arrive(watched: Sender) -> None:
    marie = watched.someone()
    first = bring(watched, marie.address, "premiere lettre", source=HONEST)
    second = bring(watched, marie.address, "seconde lettre", source=HONEST)
    assert GREET_SECONDS - 1 < first < GREET_SECONDS + 4
    assert second < GREET_SECONDS / 2
    for subject in ("premiere lettre", "seconde lettre"):
        assert watched.found(marie, subject)


def test_our_own_machines_do_not_wait(watched: Sender) -> None:
    marie = watched.someone()
    assert bring(watched, marie.address, "de chez nous", source="127.0.0.1") < GREET_SECONDS / 2


def test_an_address_on_a_list_that_the_installation_asks_brings_nothing(watched: Sender) -> None:
    marie = watched.someone()
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        bring(watched, marie.address, "d’une adresse listée", source=BLOCKED)
    assert refused.value.recipients[marie.address][0] == 550
    assert rejection(watched, "a@loin.example").status == "5.7.1"
