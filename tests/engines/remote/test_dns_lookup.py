"""The zone is asked of a real name server, of one that knows nothing, and of one that is not there."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from vaguemestre.engines.remote.dns_lookup import DnsLookup
from vaguemestre.mailbox.autoconfig.values import Question

ZONE = {
    ("_imaps._tcp.ac-amiens.test.", "SRV"): ["0 1 993 mail.ac-amiens.test."],
    ("ac-amiens.test.", "TXT"): ['"v=spf1 " "mx -all"', '"autre"'],
    ("autoconfig.ac-amiens.test.", "A"): ["192.0.2.7"],
}


@pytest.fixture
def server() -> Iterator[tuple[str, int]]:
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            asked, whom = wire.recvfrom(4096)
            if not asked:
                return
            question = dns.message.from_wire(asked)
            answer = dns.message.make_response(question)
            answer.flags |= dns.flags.RA
            (one,) = question.question
            name, kind = one.name.to_text().lower(), one.to_text().rsplit(" ", 1)[1]
            if (name, kind) in ZONE:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *ZONE[name, kind]))
            elif not any(name == known for known, _ in ZONE):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            wire.sendto(answer.to_wire(), whom)

    thread = threading.Thread(target=serve)
    thread.start()
    yield wire.getsockname()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"", wire.getsockname())
    thread.join()
    wire.close()


def test_what_stands_in_the_zone_is_told_and_what_does_not_is_nothing(server: tuple[str, int]) -> None:
    asked = [
        Question("_imaps._tcp.ac-amiens.test", "SRV"),
        Question("ac-amiens.test", "TXT"),
        Question("ac-amiens.test", "MX"),
        Question("autoconfig.ac-amiens.test", "CNAME"),
        Question("nowhere.ac-amiens.test", "SRV"),
    ]
    found = DnsLookup(server)(asked)
    assert [found[one] for one in asked] == [
        ("0 1 993 mail.ac-amiens.test.",), ("autre", "v=spf1 mx -all"), (), ("192.0.2.7",), (),
    ]  # fmt: skip


@pytest.mark.heavy
def test_nobody_who_answers_is_told_apart_from_nothing_there() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = closed.getsockname()
    asked = Question("ac-amiens.test", "MX")
    assert DnsLookup(nobody)([asked]) == {asked: None}
