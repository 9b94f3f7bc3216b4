"""The demonstration's name server, on the loopback: `python -m vaguemestre.demo.names`.

rspamd asks only this server for the SPF, DKIM and DMARC records of the demonstration's outside world.
"""

import asyncio
import signal
from pathlib import Path

import dns.exception
import dns.message
import dns.rcode
import dns.zone

from vaguemestre.site.config import load

_ZONE = Path(__file__).with_name("zone.txt")


def zone(*domains: str) -> dns.zone.Zone:
    """Zone of the demonstration for the domains of its académies."""
    lines = _ZONE.read_text(encoding="utf-8").splitlines()
    own = [line.replace("{domain}", domain) for domain in domains for line in lines if "{domain}" in line]
    return parse_zone("\n".join([*own, *(line for line in lines if "{domain}" not in line)]))


def parse_zone(text: str) -> dns.zone.Zone:
    """A zone of whole names, as a master file has them (RFC 1035 §5)."""
    return dns.zone.from_text(text, origin=".", relativize=False, check_origin=False)


def answer(zone: dns.zone.Zone, question: bytes) -> bytes:
    """Wire answer to a DNS query; empty bytes if the query is malformed."""
    try:
        query = dns.message.from_wire(question)
        response = dns.message.make_response(query, recursion_available=True)
        (rrset,) = query.question
    except (dns.exception.DNSException, ValueError):
        return b""
    records = zone.get_rrset(rrset.name, rrset.rdtype)
    if records is not None:
        response.answer.append(records)
    elif zone.get_node(rrset.name) is None:
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response.to_wire()


class Answers(asyncio.DatagramProtocol):
    """UDP protocol that answers each query with one datagram."""

    def __init__(self, zone: dns.zone.Zone) -> None:
        self._known = zone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if isinstance(self._wire, asyncio.DatagramTransport) and (response := answer(self._known, data)):
            self._wire.sendto(response, addr)


async def serve(zone: dns.zone.Zone, port: int) -> asyncio.DatagramTransport:
    """Listen on the loopback. Raises OSError when the port is taken."""
    loop = asyncio.get_running_loop()
    wire, _ = await loop.create_datagram_endpoint(lambda: Answers(zone), local_addr=("127.0.0.1", port))
    return wire


async def _run() -> None:
    config = load()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    wire = await serve(zone(*config.domains), config.ports.names)
    (config.run_dir / "names.heartbeat").touch()
    await stop.wait()
    wire.close()


if __name__ == "__main__":
    asyncio.run(_run())
