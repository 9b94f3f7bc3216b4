"""Dovecot's own master brings back every kind of child that dies, and no mail is lost."""

import contextlib
import imaplib
import os
import signal
from pathlib import Path

import pytest
from tests.engines.live import LiveEngines, descendants, letter, wait_until

pytestmark = pytest.mark.engines


def children_named(engines: LiveEngines, name: str) -> list[int]:
    found = []
    for pid in descendants(engines.children["dovecot"].pid):
        with contextlib.suppress(OSError):
            title = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].split(b" ")[0].decode()
            if title.endswith(f"/{name}"):
                found.append(pid)
    return found


@pytest.mark.parametrize("name", ["imap-login", "auth", "anvil", "config", "stats", "log", "lmtp", "imap"])
def test_a_killed_child_is_back_within_five_seconds(engines: LiveEngines, name: str) -> None:
    person = engines.someone()
    engines.signed_in(person).logout()
    for pid in children_named(engines, name):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    engines.arrive(person.address, letter("a@b.example", person.address, f"survit {name}"))

    def opens() -> bool:
        try:
            engines.signed_in(person).logout()
        except (OSError, imaplib.IMAP4.error):
            return False
        return True

    wait_until(opens, 5)
    assert engines.found(person, f"survit {name}", seconds=40)
