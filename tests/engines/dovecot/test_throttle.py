"""Mail programs meet the throttle of the sign-in page; a token costs none of it, and nothing waits on it."""

import http.server
import imaplib
import json
import smtplib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.engines.live import LiveEngines, Someone, digest, wait_until

pytestmark = pytest.mark.engines


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


@dataclass
class Door:
    """Who asks, and what they are told: `wait` seconds."""

    wait: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)

    def stages(self) -> list[str]:
        return [one["stage"] for one in self.asked]


@pytest.fixture
def door(engines: LiveEngines) -> Iterator[Door]:
    told = Door()
    key = f"Bearer {(engines.config.secrets_dir / 'throttle_key').read_text().strip()}"

    class Asked(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/porte" and self.headers["Authorization"] == key:
                told.asked.append(json.loads(body))
            answer = str(told.wait).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", engines.config.ports.push), Asked)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def refused(engines: LiveEngines, name: str, password: str) -> None:
    client = engines.imap()
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        # LOGIN of imaplib knows ASCII only
        client.authenticate("PLAIN", lambda _: f"\0{name}\0{password}".encode())
    client.shutdown()


def test_who_gets_in_and_who_does_not_is_told(engines: LiveEngines, marie: Someone, door: Door) -> None:
    engines.signed_in(marie).logout()
    assert door.stages() == ["ask", "entered"]
    assert door.asked[0] == {
        "stage": "ask",
        "user": marie.mailbox,
        "network": "127.0.0.1",
        "protocol": "imap",
        "secret": digest(marie.password),
    }
    door.asked.clear()
    refused(engines, marie.address, 'faux " \\ é')
    assert door.stages() == ["ask", "failed"]
    assert door.asked[1]["secret"] == digest('faux " \\ é')


def test_whoever_must_wait_is_refused_even_with_the_right_password(
    engines: LiveEngines, marie: Someone, door: Door
) -> None:
    door.wait = 60
    refused(engines, marie.mailbox, marie.password)
    assert door.stages() == ["ask"]


def test_submission_draws_on_the_same(engines: LiveEngines, marie: Someone, door: Door) -> None:
    with engines.submission() as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(marie.mailbox, "faux")
    assert door.stages()[:2] == ["ask", "failed"]
    assert {one["protocol"] for one in door.asked} <= {"submission", "smtp"}


def test_a_token_asks_nobody(engines: LiveEngines, marie: Someone, door: Door) -> None:
    door.wait = 60
    engines.with_token(marie.mailbox, engines.token(marie.mailbox)).logout()
    assert door.asked == []


def test_nobody_to_ask_lets_right_passwords_in_and_no_other(engines: LiveEngines, marie: Someone) -> None:
    engines.signed_in(marie).logout()
    refused(engines, marie.mailbox, "faux")


def test_a_door_that_hangs_is_not_waited_for(engines: LiveEngines, marie: Someone) -> None:
    with socket.create_server(("127.0.0.1", engines.config.ports.push)):
        client = wait_until(lambda: engines.signed_in(marie), seconds=60)
        client.logout()
