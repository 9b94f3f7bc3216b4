"""A stand-in of a machine that takes mail behind an entry: it answers what HAProxy asks of Postfix."""

import contextlib
import socket
import socketserver


class _Receiver(socketserver.StreamRequestHandler):
    """Greets with the address that the PROXY protocol told, and answers each command."""

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # a check that is over may close at once
            self.wfile.write(f"220 {self._who_comes()}\r\n".encode())
            for line in self.rfile:
                words = self.server.said.get(line.split()[0], b"250 so be it")  # type: ignore[attr-defined]
                self.wfile.write(words + b"\r\n")

    def _who_comes(self) -> str:
        """The client's address (haproxy.org, proxy-protocol.txt, version 2, IPv4); empty for a check."""
        head = self.rfile.read(16)
        told = self.rfile.read(int.from_bytes(head[14:]))
        is_client = len(told) >= 12 and head[12] & 1
        return socket.inet_ntoa(told[:4]) if is_client else ""


class Receivers(socketserver.ThreadingTCPServer):
    """`said`: what is answered, by command; else « 250 »."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((address, port), _Receiver)
        self.said = {b"QUIT": b"221 bye"}
