"""The demonstration's name server: what its zone holds, what it does not, and what is no question."""

import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.demo.names import answer, zone

KNOWN = zone("ac-amiens.test", "ac-lille.test")


def asked(name: str, kind: str) -> dns.message.Message:
    return dns.message.from_wire(answer(KNOWN, dns.message.make_query(name, kind).to_wire()))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ac-amiens.test", "v=spf1 ip4:127.0.0.0/8 -all"),
        ("_dmarc.ac-amiens.test", "v=DMARC1; p=quarantine"),
        ("ac-lille.test", "v=spf1 ip4:127.0.0.0/8 -all"),
        ("_dmarc.ac-lille.test", "v=DMARC1; p=quarantine"),
        ("_DMARC.Exterieur.test", "v=DMARC1; p=reject"),
        ("banque.test", "v=spf1 -all"),
    ],
)
def test_each_domain_of_the_demonstration_says_who_writes_for_it(name: str, said: str) -> None:
    (found,) = asked(name, "TXT").answer
    assert said in found.to_text()


def test_what_is_known_without_that_kind_is_told_apart_from_what_is_not_known() -> None:
    assert (asked("banque.test", "MX").rcode(), asked("banque.test", "MX").answer) == (dns.rcode.NOERROR, [])
    assert asked("ailleurs.test", "TXT").rcode() == dns.rcode.NXDOMAIN


@given(st.binary(max_size=200))
def test_whatever_is_sent_is_answered_or_ignored(sent: bytes) -> None:
    said = answer(KNOWN, sent)
    assert said == b"" or dns.message.from_wire(said).id == int.from_bytes(sent[:2])
