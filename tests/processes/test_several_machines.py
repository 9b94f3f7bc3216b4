"""What one machine tells is true on the others: sessions that end, mail that comes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.processes.machines import Machine, make_machines, wait_until

from vaguemestre.access.signin.rules.session_keys import session_digest
from vaguemestre.access.signin.shared_revocations import DEAF_AFTER
from vaguemestre.site.config import load
from vaguemestre.site.database.databases import notice_connection

pytestmark = [
    pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite"),
    pytest.mark.timeout(240),
]

PAGE = "/parametres/activite"
MAILBOX = "nmorel@ac-amiens.test"
_OPEN = """
import json
from django.utils import timezone
from tests.access.signin.people import account
from vaguemestre.access.signin import services
from vaguemestre.access.signin.sessions import SessionStore
row, keys, now = account(), [], timezone.now()
for number in range(8):
    session = SessionStore()
    origin = services.BrowserOrigin("127.0.0.0/24", "Essai")
    services.open_browser_session(session, row.pk, origin, shared=False, now=now)
    keys.append(session.session_key)
print(json.dumps(keys))
"""


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Machine]]:
    here, there = make_machines(tmp_path_factory.mktemp("machines"))
    try:
        for machine in (here, there):
            machine.start_pages()
        for machine in (here, there):
            machine.wait_for_pages()
            wait_until(lambda machine=machine: machine.revocations.heard_at())
        yield here, there
    finally:
        here.stop()
        there.stop()


@pytest.fixture(scope="module")
def sessions(machines: tuple[Machine, Machine]) -> Iterator[str]:
    """Sessions of one person: each may be ended once."""
    keys: list[str] = machines[0].run(_OPEN)
    return iter(keys)


@pytest.fixture
def session(machines: tuple[Machine, Machine], sessions: Iterator[str]) -> str:
    """A session that both machines have served."""
    key = next(sessions)
    assert [machine.ask(PAGE, key) for machine in machines] == [200, 200]
    return key


def end(machine: Machine, session: str) -> None:
    assert machine.ask("/deconnexion", session, method="POST") in (200, 302)


def cut_listeners(machine: Machine) -> int:
    """End the connections that listen, in the database. Returns how many there were."""
    with psycopg.connect(**notice_connection(machine.config), autocommit=True) as owner:
        return len(
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND (query LIKE 'LISTEN%' OR query LIKE 'SELECT changes%')"
            ).fetchall()
        )


def is_deaf(machine: Machine) -> bool:
    return time.monotonic_ns() - machine.revocations.heard_at() > DEAF_AFTER


def test_a_session_ended_on_one_machine_opens_nothing_on_the_other(
    machines: tuple[Machine, Machine], session: str
) -> None:
    here, there = machines
    with there.open_stream(MAILBOX, session_digest(session)) as stream:
        assert stream.status == 200
        end(here, session)
        wait_until(lambda: there.ask(PAGE, session) == 302)
        stream.read_to_its_end()  # the page that was open there is told no more


def test_a_machine_that_cannot_hear_asks_at_each_request(
    machines: tuple[Machine, Machine], session: str
) -> None:
    here, there = machines
    os.killpg(there.processes["push"].pid, signal.SIGSTOP)
    try:
        wait_until(lambda: is_deaf(there))
        assert there.ask(PAGE, session) == 200
        end(here, session)
        assert there.ask(PAGE, session) == 302
    finally:
        os.killpg(there.processes["push"].pid, signal.SIGCONT)
    wait_until(lambda: not is_deaf(there))


def test_a_listener_that_was_cut_hears_again(machines: tuple[Machine, Machine], session: str) -> None:
    here, there = machines
    with there.open_stream(MAILBOX, session_digest(session)) as stream:
        assert cut_listeners(here) >= 2
        stream.read_to_its_end()  # its page comes back, and asks for what it missed
    end(here, session)
    wait_until(lambda: there.ask(PAGE, session) == 302)


def test_mail_told_to_one_machine_reaches_the_pages_of_the_other(
    machines: tuple[Machine, Machine], session: str
) -> None:
    here, there = machines
    digest = session_digest(session)
    with here.open_stream(MAILBOX, digest) as near, there.open_stream(MAILBOX, digest) as far:
        assert (near.status, far.status) == (200, 200)
        here.tell_push(MAILBOX)
        assert (near.next_event(), far.next_event()) == ("arrived", "arrived")


def test_a_machine_with_other_keys_refuses_to_start(tmp_path: Path) -> None:
    here, there = make_machines(tmp_path)
    prepare = [sys.executable, "-m", "vaguemestre.cli.main", "prepare", "--no-demo"]
    first = subprocess.run(prepare, env=here.environment, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    (there.home / "secrets" / "seal_key").write_text("f" * 64)
    second = subprocess.run(prepare, env=there.environment, capture_output=True, text=True, check=False)
    assert second.returncode == 78
    assert "les clés de cette machine ne sont pas celles de l’installation (« seal_key »)" in second.stderr
    third = subprocess.run(prepare, env=here.environment, capture_output=True, text=True, check=False)
    assert third.returncode == 0, "the installation's own keys still open it"
