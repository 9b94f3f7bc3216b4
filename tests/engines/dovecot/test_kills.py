"""Dovecot's own master brings back every kind of child that dies, and no mail is lost."""

import contextlib
import imaplib
import os
import signal
import smtplib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines.live import LiveEngines, Someone, descendants, letter, wait_until

from vaguemestre.engines.dovecot.configuration import command
from vaguemestre.engines.home_alias import sockets

pytestmark = pytest.mark.engines


def children_named(engines: LiveEngines, name: str) -> list[int]:
    pids = []
    for pid in descendants(engines.children["dovecot"].pid):
        with contextlib.suppress(OSError):
            title = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].split(b" ")[0].decode()
            if title.endswith(f"/{name}"):
                pids.append(pid)
    return pids


def signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def warm_deliveries(engines: LiveEngines, person: Someone, count: int) -> None:
    """Leave that many LMTP processes idle, each with the connection to `auth` of its last delivery.

    A process keeps that connection for a minute and does not see it close: when `auth` dies, its next
    delivery is refused for now, and Postfix tries again after 10 s, then 20 s, then 40 s.
    """
    socket = str(sockets(engines.config) / "lmtp")
    with contextlib.ExitStack() as stack:
        sessions = [stack.enter_context(smtplib.LMTP(socket, None, timeout=60)) for _ in range(count)]
        for session in sessions:
            session.ehlo_or_helo_if_needed()
            session.mail("a@b.example")
            assert session.rcpt(person.address)[0] == 250


@pytest.fixture
def killing(engines: LiveEngines) -> Iterator[LiveEngines]:
    """The engines of all tests, without a delivery process that would defer the next test's mail.

    Nor with a second log process: Dovecot 2.4.1 leaves it without the names of the pipes, and what they hold
    is written once there are many kilobytes of it.
    """
    log = children_named(engines, "log")
    yield engines
    if children_named(engines, "log") != log:
        engines.end("dovecot")
        engines.start_dovecot()
    stale = children_named(engines, "lmtp")

    def are_gone() -> bool:
        left = [pid for pid in children_named(engines, "lmtp") if pid in stale]
        signal_all(left, signal.SIGINT)  # ends what is idle, and one may not be idle yet
        return not left

    wait_until(are_gone)


def test_it_starts_after_a_power_cut_though_another_process_has_its_former_number(
    engines: LiveEngines,
) -> None:
    person, file = engines.someone(), sockets(engines.config) / "master.pid"
    engines.end("dovecot", signal.SIGKILL)
    file.write_text(f"{os.getpid()}\n")
    engines.start_dovecot()
    engines.signed_in(person).logout()
    assert int(file.read_text()) == engines.children["dovecot"].pid


def test_one_that_runs_keeps_another_from_starting(engines: LiveEngines) -> None:
    running = engines.children["dovecot"].pid
    another = subprocess.run(command(engines.config), capture_output=True, text=True, timeout=60, check=False)
    assert another.returncode == 89
    assert "already running" in another.stderr
    assert int((sockets(engines.config) / "master.pid").read_text()) == running


@pytest.mark.parametrize("name", ["imap-login", "auth", "anvil", "config", "stats", "log", "lmtp", "imap"])
def test_a_killed_child_is_back_and_loses_no_mail(killing: LiveEngines, name: str) -> None:
    engines, person = killing, killing.someone()
    engines.signed_in(person).logout()
    warm_deliveries(engines, person, 10)
    signal_all(children_named(engines, name), signal.SIGKILL)
    subject = f"survit {name}"
    engines.arrive(person.address, letter("a@b.example", person.address, subject))

    def opens() -> bool:
        try:
            engines.signed_in(person).logout()
        except (OSError, imaplib.IMAP4.error):
            return False
        return True

    def arrived() -> list[bytes]:
        engines.flush_queue()
        return engines.messages(person, subject)

    wait_until(opens)
    assert len(wait_until(arrived)) == 1
