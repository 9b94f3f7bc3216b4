"""A remote picture is fetched within limits, tells nothing of the reader, and is a picture."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from vaguemestre.engines.remote.pictures import Limits, PictureFetcher
from vaguemestre.mailbox.webmail.ports import PictureRefused

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


class Site(BaseHTTPRequestHandler):
    """A site that does what the path says, and remembers what it was asked."""

    asked: list[tuple[str, dict[str, str]]]
    ended = threading.Event()

    def do_GET(self) -> None:
        self.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        name = self.path.strip("/").partition("?")[0]
        {
            "picture": lambda: self.answer(200, PNG),
            "moved": lambda: self.answer(302, b"", Location="/picture"),
            "circle": lambda: self.answer(302, b"", Location="/circle"),
            "away": lambda: self.answer(302, b"", Location="http://interne.example/picture"),
            "file": lambda: self.answer(302, b"", Location="file:///etc/passwd"),
            "page": lambda: self.answer(200, b"<html>", kind="image/png"),
            "drawing": lambda: self.answer(200, b"<svg onload=alert(1)>", kind="image/svg+xml"),
            "heavy": lambda: self.answer(200, PNG * 10_000),
            "slow": self.dribble,
            "slow-header": self.dribble_header,
            "missing": lambda: self.answer(404, PNG),
        }.get(name, lambda: self.answer(500, b""))()

    def answer(self, status: int, body: bytes, kind: str = "text/html", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def dribble(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for byte in PNG:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                threading.Event().wait(0.1)
        except OSError:
            return

    def dribble_header(self) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not self.ended.wait(0.05):
                self.wfile.write(b"x")
                self.wfile.flush()
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(60)


type Fetch = Callable[[str], object]


@pytest.fixture
def fetch(site: ThreadingHTTPServer) -> PictureFetcher:
    """Every host is the site, except one that is somewhere private."""

    def resolve(host: str, _: float) -> list[str]:
        return ["10.0.0.1"] if host == "interne.example" else ["127.0.0.1"]

    return PictureFetcher(
        Limits(seconds=1.0, largest=100_000),
        resolve=resolve,
        is_allowed=lambda address: address == "127.0.0.1",
        ports={"http": site.server_port, "https": site.server_port},
    )


def test_a_picture_comes_with_the_kind_its_bytes_say(fetch: PictureFetcher) -> None:
    picture = fetch("http://site.example/picture?u=1")
    assert (picture.content, picture.kind) == (PNG, "image/png")


def test_the_reader_is_not_told_of(fetch: PictureFetcher) -> None:
    fetch("http://site.example/moved")
    for _, headers in Site.asked:
        assert headers["host"] == "site.example"
        assert not headers.keys() & {
            "cookie",
            "referer",
            "authorization",
            "accept-language",
            "x-forwarded-for",
        }
        assert headers["host"].startswith("site.example")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("circle", "webmail.picture-redirected-too-often"),
        ("away", "webmail.picture-private-address"),
        ("file", "webmail.picture-address-malformed"),
        ("page", "webmail.picture-is-none"),
        ("drawing", "webmail.picture-is-none"),
        ("heavy", "webmail.picture-too-heavy"),
        ("missing", "webmail.picture-unreachable"),
    ],
)
def test_what_is_refused(fetch: PictureFetcher, path: str, code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        fetch(f"http://site.example/{path}")
    assert refused.value.code == code


def test_a_dribbling_site_is_left_in_time(fetch: PictureFetcher) -> None:
    start = time.monotonic()
    with pytest.raises(PictureRefused):
        fetch("http://site.example/slow")
    assert time.monotonic() - start < len(PNG) * 0.1


def test_a_site_that_never_ends_its_header_is_left(fetch: PictureFetcher) -> None:
    try:
        with pytest.raises(PictureRefused):
            fetch("http://site.example/slow-header")
    finally:
        Site.ended.set()


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.fr/x",
        "http://",
        "http://a.fr:8080/x",
        "http://[",
        "//a.fr",
        "x",
        "file:///etc/passwd",
        "http://a.fr:x/",
    ],
)
def test_addresses_that_are_not_of_the_web(address: str) -> None:
    with pytest.raises(PictureRefused):
        PictureFetcher(resolve=lambda *_: ["8.8.8.8"])(address)


def test_our_own_machine_is_never_asked(site: ThreadingHTTPServer) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"):
        with pytest.raises(PictureRefused):
            PictureFetcher(ports={"http": site.server_port, "https": 443})(f"http://{host}/picture")
    assert Site.asked == []


def test_a_name_that_leads_inside_is_refused_whatever_it_is(site: ThreadingHTTPServer) -> None:
    pictures = PictureFetcher(
        resolve=lambda *_: ["127.0.0.1"], ports={"http": site.server_port, "https": 443}
    )
    with pytest.raises(PictureRefused) as refused:
        pictures("http://127.0.0.1.nip.example/picture")
    assert refused.value.code == "webmail.picture-private-address"
    assert Site.asked == []


def test_only_so_many_at_once(fetch: PictureFetcher) -> None:
    busy = PictureFetcher(Limits(seconds=0.3, at_once=1), resolve=lambda *_: time_out())
    first = threading.Thread(target=lambda: refused_by(busy))
    first.start()
    assert refused_by(busy) in {"webmail.picture-too-slow", "webmail.picture-unreachable"}
    first.join(60)


def refused_by(pictures: PictureFetcher) -> str:
    with pytest.raises(PictureRefused) as refused:
        pictures("http://site.example/x")
    return refused.value.code


def time_out() -> list[str]:
    threading.Event().wait(0.5)
    raise socket.gaierror
