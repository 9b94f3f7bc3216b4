"""A mail program that waits gives its process back, and misses neither mail nor the end of its access."""

import imaplib
import re
from collections.abc import Iterator

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.processes.supervisor import process_table

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def hurried(engines: LiveEngines) -> Iterator[LiveEngines]:
    """Who waits gives its process back after a second, not after half a minute."""
    engines.end("dovecot")
    file = dovecot.folder(engines.config) / "dovecot.conf"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("imap_hibernate_timeout = 30s", "imap_hibernate_timeout = 1s"), encoding="utf-8"
    )
    engines.start_dovecot()
    yield engines
    engines.end("dovecot")
    file.write_text(text, encoding="utf-8")
    engines.start_dovecot()


@pytest.fixture
def marie(hurried: LiveEngines) -> Someone:
    return hurried.someone()


@pytest.fixture
def program(hurried: LiveEngines, marie: Someone) -> Iterator[imaplib.IMAP4]:
    """Signed in by TLS, in IDLE on INBOX, its process given back."""
    wait_until(lambda: waiting(hurried) == 0)
    client = imaplib.IMAP4_SSL("localhost", hurried.config.ports.imaps, ssl_context=hurried.tls(), timeout=20)
    try:
        client.login(marie.mailbox, marie.password)
        client.select("INBOX")
        client.send(b"x IDLE\r\n")
        assert client.readline().startswith(b"+")
        wait_until(lambda: waiting(hurried) == 1)
        yield client
    finally:
        client.shutdown()


def waiting(engines: LiveEngines) -> int:
    """How many connections the processes for those who wait hold, by their titles."""
    count = 0
    for process in process_table.descendants(engines.children["dovecot"].pid):
        title = (process_table.PROC / str(process.pid) / "cmdline").read_bytes().decode()
        if found := re.search(r"/imap-hibernate \[(\d+) connections?\]", title):
            count += int(found[1])
    return count


def said(client: imaplib.IMAP4, wanted: bytes) -> list[bytes]:
    """The lines until one that begins so; « Still here » is said from time to time."""
    lines = [client.readline()]
    while lines[-1] and not lines[-1].startswith(wanted):
        lines.append(client.readline())
    return lines


def test_a_letter_wakes_it(hurried: LiveEngines, marie: Someone, program: imaplib.IMAP4) -> None:
    hurried.arrive(marie.address, letter("jean@dehors.example", marie.address, "Réveil"))
    assert said(program, b"* 1 EXISTS")[-1] == b"* 1 EXISTS\r\n"


def test_a_command_finds_its_folder_still_selected(program: imaplib.IMAP4) -> None:
    program.send(b"DONE\r\n")
    assert said(program, b"x ")[-1].startswith(b"x OK")
    program.send(b"y UID SEARCH ALL\r\n")
    assert said(program, b"y ")[-1].startswith(b"y OK")


def test_the_end_of_its_access_cuts_it(hurried: LiveEngines, marie: Someone, program: imaplib.IMAP4) -> None:
    hurried.change(marie, active=False)
    hurried.doveadm.cut(marie.mailbox)
    assert said(program, b"* BYE")[-1].startswith(b"* BYE")
    assert program.readline() == b""


def test_it_waits_again_after_it_was_woken(
    hurried: LiveEngines, marie: Someone, program: imaplib.IMAP4
) -> None:
    for count in (1, 2):
        hurried.arrive(marie.address, letter("jean@dehors.example", marie.address, f"Numéro {count}"))
        said(program, b"* %d EXISTS" % count)
        wait_until(lambda: waiting(hurried) == 1)
