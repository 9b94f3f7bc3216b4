"""Who comes while the machine of the database that writes dies: real HAProxy and PostgreSQL that follows."""

import contextlib
import signal
import socket
from collections.abc import Iterator

import pytest
from tests.engines import live
from tests.engines.deaf import deaf
from tests.engines.followed_database import WRITER, followed_database

from vaguemestre.engines.cluster.configuration import RecipientDoors

pytestmark = pytest.mark.heavy

CLIENTS = 3
ENOUGH_SECONDS = 30
ASKS_FOR_TLS, HAS_TLS = bytes.fromhex("0000000804d2162f"), b"S"  # PostgreSQL's SSLRequest, and its answer


@pytest.fixture
def ports() -> Iterator[tuple[int, int]]:
    """Of a front's HAProxy whose database that writes has just lost its power: who writes, and recipients."""
    spare, doors = live.free_port_base(), live.free_port_base()
    with followed_database(spare, spare + 1, spare + 2) as database:
        database.lead(RecipientDoors(doors, doors + 1))
        database.stop(WRITER, signal.SIGQUIT)
        with deaf(WRITER.address, database.port):
            yield database.port, doors
    live.give_back_ports(spare)
    live.give_back_ports(doors)


def test_nobody_is_held_who_was_being_led_to_a_database_that_is_found_dead(ports: tuple[int, int]) -> None:
    """Postfix waits without end for a session that opens: HAProxy may not leave it there."""
    with contextlib.ExitStack() as stack:
        sessions = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=ENOUGH_SECONDS))
            for port in ports * CLIENTS
        ]
        for session in sessions:
            session.sendall(ASKS_FOR_TLS)
        answers = [session.recv(1) for session in sessions]
    assert answers == [b"", HAS_TLS] * CLIENTS  # nobody writes; recipients are asked of the one that follows
