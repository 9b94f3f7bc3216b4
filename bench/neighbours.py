"""What an instance asks outside, on this machine: a resolver, a virus check, a neighbour's mail server.

Each may be stopped and started again. `/etc/resolv.conf` is replaced in this mount namespace only.
"""

import multiprocessing
import os
import signal
import socket
import socketserver
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from tests.engines.virus_check import RealClamd

_REFUSING = "mairie.test."  # 550, or 451 to a sender named « plus-tard »


def resolve(wire: bytes, *, validates: bool) -> bytes:
    """The root, and one neighbour that takes mail; nothing else exists."""
    query = dns.message.from_wire(wire)
    answer = dns.message.make_response(query, recursion_available=True)
    if validates:
        answer.flags |= dns.flags.AD
    name, kind = query.question[0].name.to_text().lower(), query.question[0].rdtype
    known = {
        (".", dns.rdatatype.SOA): "a. b. 1 2 3 4 5",
        (_REFUSING, dns.rdatatype.MX): f"5 mx.{_REFUSING}",
        (f"mx.{_REFUSING}", dns.rdatatype.A): "{neighbour}",
    }
    if record := known.get((name, kind)):
        record = record.format(neighbour=_NEIGHBOUR)
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", dns.rdatatype.to_text(kind), record))
    elif name != "." and not name.endswith(_REFUSING):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()


_RESOLVER, _NEIGHBOUR = "127.24.0.1", "127.24.0.2"


def serve_names(lax: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind((_RESOLVER, 53))
        while True:
            asked, peer = wire.recvfrom(4096)
            try:
                wire.sendto(resolve(asked, validates=not lax.exists()), peer)
            except dns.exception.DNSException:
                continue


class _Refusing(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 mx.mairie.test ESMTP\r\n")
        is_later = False
        for line in self.rfile:
            verb = line[:4].upper()
            is_later = b"plus-tard" in line if verb == b"MAIL" else is_later
            refusal = b"451 4.3.0 later\r\n" if is_later else b"550 5.7.1 not from you\r\n"
            self.wfile.write(
                refusal if verb == b"RCPT" else b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"
            )
            if verb == b"QUIT":
                return


def serve_mail() -> None:
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer((_NEIGHBOUR, 25), _Refusing) as server:
        server.daemon_threads = True
        server.serve_forever()


class Neighbours:
    """Started and ended together."""

    database = Path()  # of a PostgreSQL

    def __init__(self, base: int) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="vm-neighbours-"))
        self._folder.chmod(0o755)
        self.lax = self._folder / "lax"  # while it exists, the resolver verifies nothing
        self.virus_check = RealClamd(self._folder)
        self.clamd_port = int(self.virus_check.address.rpartition(":")[2])

    def __enter__(self) -> Self:
        names = self._folder / "resolv.conf"
        names.write_text(f"nameserver {_RESOLVER}\n")
        names.chmod(0o644)
        subprocess.run(["mount", "--bind", str(names), "/etc/resolv.conf"], check=True)
        self.virus_check.start()
        self.resolver = multiprocessing.Process(target=serve_names, args=(self.lax,), daemon=True)
        self.mail = multiprocessing.Process(target=serve_mail, daemon=True)
        self.resolver.start()
        self.mail.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self.resolver, self.mail):
            if process.pid:
                os.kill(process.pid, signal.SIGKILL)
            process.join(10)
        self.virus_check.end()
