"""A front on a real nginx, in front of pools that tell what reached them."""

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
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.engines.live import free_port_base, is_free, wait_until

from vaguemestre.engines import stand_in
from vaguemestre.engines.home_alias import remove_alias
from vaguemestre.engines.nginx import configuration as nginx
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor.rights import prefix
from vaguemestre.site.config import Config, WebSection


class Pool(socketserver.ThreadingUnixStreamServer):
    """Answers with its own name and what it was asked."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, folder: Path, name: str, *, stands_in: bool = False) -> None:
        path = nginx.pool_socket(folder, name)
        path = stand_in.socket_of(path) if stands_in else path
        path.parent.mkdir(mode=0o755, exist_ok=True)
        path.unlink(missing_ok=True)
        super().__init__(str(path), Echo)
        path.chmod(0o666)
        self.name, self.begun = f"{name}{', stand-in' if stands_in else ''}", 0
        self.connections: list[socket.socket] = []
        self.moves = threading.Event()
        self.moves.set()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.append(request)
        super().process_request(request, client_address)

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """It takes requests, and answers none."""
        self.moves.clear()
        try:
            yield
        finally:
            self.moves.set()

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
        pool.moves.wait(60)
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

    def __init__(self, config: Config, address: str = "") -> None:
        """Start it. `address`: where it ends TLS, on port 80 too, which only root may open without a unit."""
        self.config = config
        nginx.prepare(config)
        self.pools = {name: Pool(nginx.sockets(config), name) for name in nginx.POOLS}
        self.log = (config.home / "log").open("w+b")
        as_supervised = () if address else prefix(DUTIES["front"])  # never root
        argv = [*as_supervised, *nginx.command(config)]
        self.process = subprocess.Popen(argv, stderr=self.log, start_new_session=True)
        wait_until(lambda: _is_open(address or "127.0.0.1", config.ports.web))
        wait_until(lambda: not is_free(config.ports.carddav))

    def stop(self) -> None:
        self.process.terminate()
        try:
            assert self.process.wait(60) == 0
        finally:  # what stayed open would fail another test
            self.log.close()
            for pool in self.pools.values():
                pool.shutdown()
                pool.server_close()

    @contextlib.contextmanager
    def unfinished(self, count: int, head: str, length: int = 5000) -> Iterator[list[socket.socket]]:
        """Requests of one address whose body never ends; `{number}` in the head tells them apart."""
        peers = []
        with contextlib.ExitStack() as stack:
            for number in range(count):
                peer = socket.create_connection(("127.0.0.1", self.config.ports.web))
                peers.append(stack.enter_context(peer))
                lines = head.format(number=number)
                peer.sendall(f"{lines}\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\na".encode())
            yield peers

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


def _is_open(address: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
        return True
    return False


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
