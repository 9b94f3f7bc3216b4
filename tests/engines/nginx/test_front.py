"""The front on a real nginx, in front of pools that tell what reached them."""

import contextlib
import http.client
import json
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.engines.live import free_port_base, is_free, wait_until

from vaguemestre.engines.instance import remove_alias
from vaguemestre.engines.nginx import configuration as nginx
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor.rights import prefix
from vaguemestre.site.config import Config, WebSection

pytestmark = pytest.mark.engines


class Pool(socketserver.ThreadingUnixStreamServer):
    """Answers with its own name and what it was asked."""

    daemon_threads = True

    def __init__(self, folder: Path, name: str) -> None:
        path = nginx.pool_socket(folder, name)
        path.parent.mkdir(mode=0o755, exist_ok=True)
        path.unlink(missing_ok=True)
        super().__init__(str(path), Echo)
        path.chmod(0o666)
        self.name, self.begun = name, 0
        self.connections: list[socket.socket] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.append(request)
        super().process_request(request, client_address)

    def die(self) -> None:
        """End as a killed process does: no connection stays open, kept or not."""
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        pool: Any = self.server
        pool.begun += 1
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.path == "/sante/session":
            self.send_response(204 if "honest" in self.headers.get("Cookie", "") else 401)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        said = {
            "pool": pool.name, "path": self.path, "length": len(body),
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }  # fmt: skip
        content = json.dumps(said).encode()
        self.send_response(200)
        if self.path.startswith("/donne/"):
            self.send_header("X-Accel-Redirect", f"/.front/{self.path.removeprefix('/donne/')}")
            self.send_header("Content-Disposition", "attachment; filename=a.bin")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer

    def address_string(self) -> str:
        return ""

    def log_message(self, *_: Any) -> None: ...


class Front:
    """A running front, its pools, and what a client gets of it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        nginx.prepare(config)
        self.pools = {name: Pool(nginx.sockets(config), name) for name in nginx.POOLS}
        self.log = (config.home / "log").open("w+b")
        argv = [*prefix(DUTIES["front"]), *nginx.command(config)]  # never root, as the supervisor starts it
        self.process = subprocess.Popen(argv, stderr=self.log, start_new_session=True)
        wait_until(lambda: not is_free(config.ports.web) and not is_free(config.ports.carddav))

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(15) == 0
        self.log.close()
        for pool in self.pools.values():
            pool.shutdown()
            pool.server_close()

    def ask(
        self, path: str, *, method: str = "GET", port: int = 0, body: bytes | None = None, **headers: str
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.config.ports.web, timeout=30)
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        try:
            return answer.status, json.loads(content)
        except ValueError:
            return answer.status, content.decode("utf-8", "replace")


@contextlib.contextmanager
def running(web: WebSection) -> Iterator[Front]:
    home = Path(tempfile.mkdtemp(prefix="vm-front-"))
    home.chmod(0o755)
    config = Config(home=home, port_base=free_port_base(), web=web)
    front = Front(config)
    try:
        yield front
    finally:
        front.stop()
        remove_alias(config)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    with running(WebSection()) as made:
        yield made


def test_who_holds_a_session_has_the_pages_and_anybody_else_the_door(front: Front) -> None:
    cookie = f"a=b; vaguemestre_{front.config.ports.web}=abc"
    assert front.ask("/messagerie/", Cookie=cookie)[1]["pool"] == "web"
    assert front.ask("/messagerie/")[1]["pool"] == "door"
    assert front.ask("/messagerie/", Cookie="vaguemestre_1=abc")[1]["pool"] == "door"
    assert front.ask("/messagerie/", Cookie=f"xvaguemestre_{front.config.ports.web}=a")[1]["pool"] == "door"


@pytest.mark.parametrize(
    "path",
    [
        "/alogin",
        "/%61login",
        "/alogin/code",
        "/assistant/",
        "/boites/3/alogin",
        "/numen/demande",
        "/compte/pas-moi/x",
    ],
)
def test_what_hashes_is_asked_at_the_door_whatever_cookie_comes(front: Front, path: str) -> None:
    cookie = f"vaguemestre_{front.config.ports.web}=abc"
    status, said = front.ask(path, method="POST", body=b"x=1", Cookie=cookie)
    assert (status, said["pool"], said["path"]) == (200, "door", path)


def test_lent_files_are_asked_at_the_door_under_any_spelling_of_their_host(front: Front) -> None:
    port = front.config.ports.web
    cookie = f"vaguemestre_{port}=abc"
    for host in (f"fichiers.localhost:{port}", "FICHIERS.localhost", f"fichiers.localhost.:{port}"):
        said = front.ask("/x/", Host=host, Cookie=cookie)[1]
        assert said["pool"] == "door"
        assert said["headers"]["host"].startswith("fichiers.localhost")


def test_what_a_client_says_of_itself_does_not_pass(front: Front) -> None:
    claims: dict[str, Any] = {
        "X_Forwarded_For": "203.0.113.9", "X_Real_IP": "203.0.113.9", "Forwarded": "for=203.0.113.9",
        "X_Forwarded_Host": "mechant.example", "X_Forwarded_Proto": "https", "X_Script_Name": "/x",
        "Remote_User": "principal", "X_Remote_User": "principal", "Proxy": "http://mechant.example",
    }  # fmt: skip
    headers = front.ask("/", **claims)[1]["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert not {"203.0.113.9", "mechant.example", "principal", "/x"} & set(headers.values())
    assert not {"remote-user", "x-remote-user", "forwarded", "x-real-ip", "proxy"} & set(headers)


def test_only_named_proxies_say_whose_request_it_is() -> None:
    secure = WebSection(public_url="https://mail.ac-amiens.test", behind_tls=True)
    with running(secure) as ours:
        headers = ours.ask("/", X_Forwarded_For="198.51.100.1, 203.0.113.9")[1]["headers"]
        assert headers["x-forwarded-for"] == "203.0.113.9"
        assert headers["x-forwarded-proto"] == "https"
        assert ours.ask("/", Cookie="__Host-vaguemestre=abc")[1]["pool"] == "web"
    with running(replace(secure, proxies=("192.0.2.0/24",))) as theirs:
        headers = theirs.ask("/", X_Forwarded_For="203.0.113.9")[1]["headers"]
        assert headers["x-forwarded-for"] == "127.0.0.1"


def test_a_body_reaches_a_pool_whole_or_not_at_all(front: Front) -> None:
    door = front.pools["door"]
    begun = door.begun
    connection = http.client.HTTPConnection("127.0.0.1", front.config.ports.web, timeout=30)
    connection.putrequest("POST", "/alogin")
    connection.putheader("Content-Length", "200000")
    connection.endheaders(b"a" * 100_000)
    assert front.ask("/", Cookie=f"vaguemestre_{front.config.ports.web}=abc")[1]["pool"] == "web"
    assert door.begun == begun
    connection.send(b"a" * 100_000)
    assert json.loads(connection.getresponse().read())["length"] == 200_000
    connection.close()


def test_a_body_of_unstated_length_gets_one(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.config.ports.web, timeout=30)
    connection.request("POST", "/alogin", iter([b"a" * 9, b"b"]))  # chunked
    said = json.loads(connection.getresponse().read())
    connection.close()
    assert said["length"] == 10
    assert "transfer-encoding" not in said["headers"]


def test_files_are_handed_over_with_ranges_and_nobody_takes_them_alone(front: Front) -> None:
    (front.config.deposits_dir / "jeton").write_bytes(bytes(range(200)))
    host = f"fichiers.localhost:{front.config.ports.web}"
    assert front.ask("/.front/deposits/jeton", Host=host)[0] == 404
    connection = http.client.HTTPConnection("127.0.0.1", front.config.ports.web, timeout=30)
    connection.request("GET", "/donne/deposits/jeton", headers={"Host": host, "Range": "bytes=150-"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (206, bytes(range(150, 200)))
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.bin"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    connection.close()
    assert front.ask("/donne/deposits/../moves/x", Host=host)[0] in (400, 404)


def test_mail_brought_in_is_read_only_from_somebody_signed_in(front: Front) -> None:
    cookie = f"vaguemestre_{front.config.ports.web}="
    path = "/parametres/courriers/fichier"
    assert front.ask(path, method="POST", body=b"x", Cookie=f"{cookie}forged")[0] == 303
    assert front.ask(path, method="POST", body=b"x", Cookie=f"{cookie}honest")[1]["length"] == 1
    large = bytes(33_000_000)
    assert front.ask(path, method="POST", body=large, Cookie=f"{cookie}honest")[1]["length"] == len(large)


def test_address_books_have_a_pool_of_their_own(front: Front) -> None:
    assert (
        front.ask("/dav/", port=front.config.ports.carddav, method="PUT", body=b"x")[1]["pool"] == "carddav"
    )


def test_a_pool_that_is_away_is_said_in_french(front: Front) -> None:
    door = front.pools["door"]
    path = Path(str(door.server_address))
    path.unlink()
    door.die()
    try:
        status, page = front.ask("/accueil")
        assert status == 503
        assert "Le service redémarre ou ne répond pas" in page
        status, notice = front.ask("/accueil", HX_Request="true")
        assert status == 503
        assert notice.startswith('<p class="notice warn" role="alert">')
    finally:
        front.pools["door"] = Pool(nginx.sockets(front.config), "door")


def test_no_address_is_written_down(front: Front) -> None:
    front.ask("/assistant/activation/jeton-secret")
    front.log.flush()
    assert b"jeton-secret" not in Path(front.log.name).read_bytes()
