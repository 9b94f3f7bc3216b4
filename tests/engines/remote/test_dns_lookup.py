"""The zone is asked of a real name server, of one that knows nothing, and of one that is not there."""

import socket
from collections.abc import Iterator

import pytest
from tests.engines.remote.name_server import Server, name_server

from vaguemestre.engines.remote.dns_lookup import DnsLookup
from vaguemestre.mailbox.autoconfig.values import Question

ZONE = {
    ("_imaps._tcp.ac-amiens.test.", "SRV"): ["0 1 993 mail.ac-amiens.test."],
    ("ac-amiens.test.", "TXT"): ['"v=spf1 " "mx -all"', '"autre"'],
    ("autoconfig.ac-amiens.test.", "A"): ["192.0.2.7"],
}


@pytest.fixture
def server() -> Iterator[Server]:
    with name_server(ZONE) as server:
        yield server


def test_what_stands_in_the_zone_is_told_and_what_does_not_is_nothing(server: Server) -> None:
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
