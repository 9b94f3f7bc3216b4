"""The push service is told that a box changed; whatever becomes of it, mail is never held back."""

import http.server
import json
import queue
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from tests.engines.live import LiveEngines, Someone, letter
from tests.processor import loaded

pytestmark = pytest.mark.engines


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


type Calls = queue.Queue[tuple[str, str, list[dict[str, object]]]]


class Told(http.server.BaseHTTPRequestHandler):
    calls: Calls

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.calls.put((self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def calls(engines: LiveEngines) -> Iterator[Calls]:
    Told.calls = queue.Queue()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", engines.config.ports.push), Told)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield Told.calls
    server.shutdown()
    server.server_close()
    thread.join()


def told(calls: Calls, person: Someone, kinds: str) -> list[dict[str, object]]:
    """The next events of that person and of those kinds; others (folders made, other people) are let pass."""
    while True:
        path, _, events = calls.get(timeout=60)
        if path != "/dovecot":
            continue  # who signs in is asked at the same port
        events = [
            event
            for event in events
            if event["user"] == person.mailbox and str(event["event"]).startswith(kinds)
        ]
        if events:
            return events


def test_new_mail_is_told_with_the_key_and_without_a_word_of_it(
    engines: LiveEngines, marie: Someone, calls: Calls
) -> None:
    engines.arrive(marie.address, letter("a@b.example", marie.address, "un secret"))
    path, key, events = calls.get(timeout=60)
    while not any(event["user"] == marie.mailbox and event["event"] == "MessageNew" for event in events):
        path, key, events = calls.get(timeout=60)
    assert path == "/dovecot"
    assert key == f"Bearer {(engines.config.secrets_dir / 'notify_key').read_text().strip()}"
    assert [(e["user"], e["event"], e["folder"], e["uid"]) for e in events] == [
        (marie.mailbox, "MessageNew", "INBOX", 1)
    ]
    assert set(events[0]) == {"user", "event", "folder", "uid", "uidvalidity"}


def test_flags_and_deletions_are_told_once_a_command(
    engines: LiveEngines, marie: Someone, calls: Calls
) -> None:
    with engines.signed_in(marie) as client:
        for n in range(3):
            client.append("INBOX", "", "", f"Subject: {n}\r\n\r\nx".encode())
            assert [event["uid"] for event in told(calls, marie, "MessageAppend")] == [n + 1]
        client.select("INBOX")
        client.store("1:3", "+FLAGS", "\\Flagged")
        assert {event["uid"] for event in told(calls, marie, "FlagsSet")} == {1, 2, 3}
        client.store("2", "+FLAGS", "\\Deleted")
        client.expunge()
        assert [event["uid"] for event in told(calls, marie, "MessageExpunge")] == [2]


def test_a_folder_renamed_is_told_with_its_former_name(
    engines: LiveEngines, marie: Someone, calls: Calls
) -> None:
    with engines.signed_in(marie) as client:
        client.create("&AMk-l&AOg-ves")
        client.rename("&AMk-l&AOg-ves", "Classes/4e")
        client.delete("Classes/4e")
    (renamed,) = told(calls, marie, "MailboxRename")
    (deleted,) = told(calls, marie, "MailboxDelete")
    assert (renamed["former"], renamed["folder"]) == ("Élèves", "Classes/4e")
    assert deleted["folder"] == "Classes/4e"


def test_a_push_service_that_is_away_delays_nothing(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        began = time.monotonic()
        for n in range(8):
            client.append("INBOX", "", "", f"Subject: {n}\r\n\r\nx".encode())
        assert time.monotonic() - began < loaded(2)


def test_a_push_service_that_hangs_holds_a_delivery_less_than_a_second(
    engines: LiveEngines, marie: Someone
) -> None:
    with socket.create_server(("127.0.0.1", engines.config.ports.push)), engines.signed_in(marie) as client:
        client.append("INBOX", "", "", b"Subject: premier\r\n\r\nx")
        began = time.monotonic()
        client.append("INBOX", "", "", b"Subject: second\r\n\r\nx")
        assert time.monotonic() - began < loaded(1)
        engines.arrive(marie.address, letter("a@b.example", marie.address, "arrive quand même"))
        assert engines.found(marie, "arrive quand")
