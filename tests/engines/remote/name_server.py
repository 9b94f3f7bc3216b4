"""A name server on the loopback, for a zone written down as a table."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

type Zone = Mapping[tuple[str, str], Sequence[str]]
type Server = tuple[str, int]


@contextmanager
def name_server(zone: Zone) -> Iterator[Server]:
    """Answers by (name, kind), a missing name by NXDOMAIN, and never about names that begin with `slow`."""
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            content, peer = wire.recvfrom(4096)
            if not content:
                return
            if answer := _answer(zone, dns.message.from_wire(content)):
                wire.sendto(answer.to_wire(), peer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield wire.getsockname()
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", wire.getsockname())
        thread.join()
        wire.close()


def _answer(zone: Zone, query: dns.message.Message) -> dns.message.Message | None:
    name = query.question[0].name.to_text().lower()
    kind = dns.rdatatype.to_text(query.question[0].rdtype)
    if name.startswith("slow"):
        return None
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    if (name, kind) in zone:
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *zone[name, kind]))
    elif not any(name == known for known, _ in zone):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer
