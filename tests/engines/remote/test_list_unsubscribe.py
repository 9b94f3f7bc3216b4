"""Leaving a list is one POST over TLS, to a public address, telling nothing of the reader."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.engines import live

from vaguemestre.engines.remote import list_unsubscribe
from vaguemestre.engines.remote.list_unsubscribe import ListUnsubscribe
from vaguemestre.engines.tls import certificates
from vaguemestre.mailbox.webmail.ports import UnsubscribeRefused

pytestmark = pytest.mark.engines


class Site(BaseHTTPRequestHandler):
    asked: list[tuple[str, dict[str, str], bytes]]

    ended = threading.Event()

    def do_POST(self) -> None:
        if "endless" in self.path:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.ended.wait(0.05):
                self.wfile.write(b"X-Still: here\r\n")
            return
        size = int(self.headers.get("Content-Length", "0"))
        self.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(size)))
        self.send_response(302 if "moved" in self.path else 500 if "broken" in self.path else 200)
        self.send_header("Location", "http://127.0.0.1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[ThreadingHTTPServer, ssl.SSLContext]]:
    engines = live.make()
    try:
        engines.prepare()
        paths = certificates.paths(engines.config)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(paths.certificate, paths.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server, ssl.create_default_context(cafile=paths.ca)
        server.shutdown()
        server.server_close()
    finally:
        live.remove(engines)


def leaving(site: tuple[ThreadingHTTPServer, ssl.SSLContext], *, allowed: bool = True) -> ListUnsubscribe:
    server, tls = site
    Site.asked = []
    tls.check_hostname = False
    return ListUnsubscribe(
        resolve=lambda host, seconds: ["127.0.0.1"],
        is_allowed=lambda address: allowed,
        ports={"http": server.server_port, "https": server.server_port},
        tls=tls,
    )


def test_one_post_says_what_the_rfc_says_and_no_more(
    site: tuple[ThreadingHTTPServer, ssl.SSLContext],
) -> None:
    leaving(site)("https://liste.example/x?y=1")
    ((path, headers, body),) = Site.asked
    assert path == "/x?y=1"
    assert body == b"List-Unsubscribe=One-Click"
    assert headers["host"] == "liste.example"  # as browsers say it: some sites know no other
    assert not {"cookie", "referer", "authorization"} & headers.keys()


def test_a_site_that_goes_on_answering_keeps_one_thread_for_the_time_given(
    site: tuple[ThreadingHTTPServer, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_unsubscribe, "_TIMEOUT_SECONDS", 1.5)
    monkeypatch.setattr(list_unsubscribe, "_WAIT_SECONDS", 0.0)
    leave, refused = leaving(site), []

    def click() -> None:
        with pytest.raises(UnsubscribeRefused):
            leave("https://liste.example/endless")
        refused.append(1)

    clicks = [threading.Thread(target=click, daemon=True) for _ in range(4)]
    for each in clicks:
        each.start()
    live.wait_until(lambda: len(refused) == 3)
    live.wait_until(lambda: len(refused) == 4)
    Site.ended.set()


@pytest.mark.heavy
@pytest.mark.parametrize("address", ["https://liste.example/moved", "https://liste.example/broken"])
def test_only_a_plain_yes_counts_and_no_redirect_is_followed(
    site: tuple[ThreadingHTTPServer, ssl.SSLContext], address: str
) -> None:
    with pytest.raises(UnsubscribeRefused):
        leaving(site)(address)
    assert len(Site.asked) == 1


@pytest.mark.parametrize(
    "address",
    ["http://liste.example/x", "https://liste.example:8443/x", "ftp://liste.example/", "https://[", ""],
)
def test_other_addresses_are_not_called(
    site: tuple[ThreadingHTTPServer, ssl.SSLContext], address: str
) -> None:
    with pytest.raises(UnsubscribeRefused):
        leaving(site)(address)
    assert Site.asked == []


def test_private_addresses_are_not_called(site: tuple[ThreadingHTTPServer, ssl.SSLContext]) -> None:
    with pytest.raises(UnsubscribeRefused):
        leaving(site, allowed=False)("https://liste.example/x")
    with pytest.raises(UnsubscribeRefused):
        ListUnsubscribe(resolve=lambda host, seconds: ["10.0.0.1"])("https://liste.example/x")
    assert Site.asked == []
