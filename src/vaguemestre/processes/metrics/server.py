"""Answers `/metrics` and `/sante` over HTTP, on sockets of their own."""

import socket
import socketserver
import threading
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import CollectorRegistry

LOOPBACK = "127.0.0.1"
_EVERYWHERE = "0.0.0.0"  # noqa: S104 (an administrator asked for it)
_PATIENCE_SECONDS = 5.0


class MetricsServer(ThreadingHTTPServer):
    """One listening socket. Asks no name server who it is, as its parent would."""

    daemon_threads = True

    def __init__(self, address: str, port: int, registry: CollectorRegistry) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.registry = registry
        super().__init__((address, port), _Answer)

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:  # IPv4 has sockets of its own
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        socketserver.TCPServer.server_bind(self)


class _Answer(BaseHTTPRequestHandler):
    server: MetricsServer
    timeout = _PATIENCE_SECONDS

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/sante":
            self._answer(b"ok\n", "text/plain")
        elif path == "/metrics":
            encode, content_type = choose_encoder(self.headers.get("Accept", ""))
            self._answer(encode(self.server.registry), content_type)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _answer(self, body: bytes, content_type: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing: there is a scrape every fifteen seconds."""


def sockets_asked(addresses: Sequence[str]) -> tuple[str, ...]:
    """The addresses to listen on: the loopback, where the supervisor asks, and those of the setting."""
    loopback = () if _EVERYWHERE in addresses else (LOOPBACK,)
    return tuple(dict.fromkeys((*loopback, *addresses)))


def serve(addresses: Sequence[str], port: int, registry: CollectorRegistry) -> None:
    """Serve until the process ends."""
    first, *others = (MetricsServer(address, port, registry) for address in sockets_asked(addresses))
    for server in others:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    first.serve_forever()
