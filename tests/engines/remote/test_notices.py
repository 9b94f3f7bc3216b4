"""Forms sent to applications: quickly, where they are written down, or not at all."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from vaguemestre.engines.remote import ent_validation, notices
from vaguemestre.engines.remote.ent_validation import EntValidation
from vaguemestre.engines.remote.notices import Notices
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused


class _Application(http.server.BaseHTTPRequestHandler):
    status = 200
    received: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((self.path, body))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "/ailleurs")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def application() -> Iterator[tuple[type[_Application], str]]:
    kind = type("_This", (_Application,), {"received": []})
    server = http.server.HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield kind, f"http://127.0.0.1:{server.server_port}/dehors?x=1"
    server.shutdown()
    thread.join()
    server.server_close()


class _Drips(http.server.BaseHTTPRequestHandler):
    """Answers a little now and then, for ever: header lines, or the octets of its answer."""

    stopped = threading.Event()

    def do_POST(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if "/body" in self.path else b""))
        while not self.stopped.wait(0.02):
            try:
                self.wfile.write(b"x" if "/body" in self.path else b"X-Still: here\r\n")
            except OSError:
                return

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def dripping() -> Iterator[str]:
    _Drips.stopped.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Drips)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    _Drips.stopped.set()
    server.shutdown()
    server.server_close()


def test_an_application_that_goes_on_answering_is_left_in_time(
    dripping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time-out of each read was outlasted by a header line now and then."""
    monkeypatch.setattr(notices, "_TIMEOUT_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(EngineDown):
        Notices()(f"{dripping}/head", {})
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("path", ["head", "body"])
def test_an_ent_that_goes_on_answering_is_left_in_time(
    dripping: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ent_validation, "_TIMEOUT_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(EngineDown):
        EntValidation()(f"{dripping}/{path}?ticket=ST-1")
    assert time.monotonic() - began < 30


def test_the_form_arrives_once_and_redirects_are_not_followed(
    application: tuple[type[_Application], str],
) -> None:
    kind, address = application
    kind.status = 302
    Notices()(address, {"logout_token": "é&="})
    assert kind.received == [("/dehors?x=1", b"logout_token=%C3%A9%26%3D")]


@pytest.mark.parametrize(
    ("status", "raised"), [(400, EngineRefused), (404, EngineRefused), (503, EngineDown)]
)
def test_no_and_not_now_are_told_apart(
    application: tuple[type[_Application], str], status: int, raised: type[Exception]
) -> None:
    kind, address = application
    kind.status = status
    with pytest.raises(raised):
        Notices()(address, {})


def test_one_that_does_not_answer_is_not_waited_for_twice() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        send, address = Notices(), f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        with pytest.raises(EngineDown):
            send(address, {})
        with pytest.raises(EngineDown, match="à l’instant"):
            send(address, {})
