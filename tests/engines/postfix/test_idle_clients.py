"""Clients that say nothing: honest letters are taken and sent beside hundreds of them."""

import selectors
import smtplib
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from tests.engines.live import LiveEngines, letter, wait_until

pytestmark = pytest.mark.engines

COUNT = 500
PROGRAMS = 250  # on the doors where people sign in


@contextmanager
def idle_clients(port: int, count: int) -> Iterator[None]:
    """Connections that were greeted and never answer, from as many addresses."""
    with ExitStack() as stack, selectors.DefaultSelector() as greeted:
        for number in range(count):
            peer = stack.enter_context(socket.socket())
            peer.bind((f"127.0.{1 + number // 250}.{1 + number % 250}", 0))
            peer.settimeout(20)
            peer.connect(("127.0.0.1", port))
            greeted.register(peer, selectors.EVENT_READ)

        def all_greeted() -> bool:
            for key, _ in greeted.select(0.5):
                assert isinstance(key.fileobj, socket.socket)
                assert key.fileobj.recv(100).startswith(b"220")
                greeted.unregister(key.fileobj)
            return not greeted.get_map()

        wait_until(all_greeted, 120)
        yield


def test_an_honest_letter_is_taken_beside_idle_clients(engines: LiveEngines) -> None:
    marie = engines.someone()
    with idle_clients(engines.config.ports.mx, COUNT):
        engines.arrive(marie.address, letter("jean@dehors.example", marie.address, "honnête"))
        assert engines.found(marie, "honn")


def test_a_mail_program_sends_beside_idle_clients(engines: LiveEngines) -> None:
    marie = engines.someone()
    with idle_clients(engines.config.ports.submission, PROGRAMS):
        engines.submit(marie, marie.address, marie.address, letter(marie.address, marie.address, "envoyé"))
        assert engines.found(marie, "envoy")


def test_a_mail_program_signs_in_beside_idle_clients_of_the_tls_port(engines: LiveEngines) -> None:
    marie, port, context = engines.someone(), engines.config.ports.submissions, engines.tls()
    with ExitStack() as stack:
        for number in range(PROGRAMS):
            peer = stack.enter_context(socket.socket())
            peer.bind((f"127.0.1.{1 + number}", 0))
            peer.connect(("127.0.0.1", port))
        service = stack.enter_context(smtplib.SMTP_SSL("localhost", port, timeout=60, context=context))
        assert service.login(marie.mailbox, marie.password)[0] == 235


@pytest.mark.parametrize("door", ["mx", "submission", "submissions"])
def test_a_silent_client_is_sent_away_after_a_minute_at_most(engines: LiveEngines, door: str) -> None:
    folder = str(engines.config.engines_dir / "postfix")
    place = "smtpd/pass" if door == "mx" else f"127.0.0.1:{getattr(engines.config.ports, door)}/inet"
    service = f"{place}/smtpd_timeout"
    values = subprocess.run(
        ["postconf", "-c", folder, "-Pxh", service], capture_output=True, text=True, check=True
    )
    assert values.stdout.strip() == "60s"


def test_many_who_knock_at_once_are_let_wait_by_the_kernel(engines: LiveEngines) -> None:
    """A door whose queue is full loses who comes: the kernel forgets them, and they wait for a greeting."""
    table = subprocess.run(
        ["ss", "-Hltn", "sport", "=", str(engines.config.ports.mx)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    longest_queues = [int(line.split()[2]) for line in table.splitlines()]
    assert longest_queues
    assert min(longest_queues) >= 2 * COUNT
