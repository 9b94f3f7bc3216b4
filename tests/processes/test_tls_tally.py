"""What Postfix tells of TLS is summed up by domain; anything else that comes that way counts for nothing."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from vaguemestre.processes.postfix import tls_tally
from vaguemestre.processes.postfix.tls_tally import Tally, add, recipients

_RECORD = "v=TLSRPTv1; rua=mailto:tls@loin.example"


def told(domain: str = "loin.example", changes: Mapping[str, Any] = MappingProxyType({})) -> bytes:
    policy = {"policy-type": 9, "policy-domain": domain, "t": 0, "f": 0, **changes}
    return json.dumps({"d": domain, "pr": _RECORD, "policies": [policy]}).encode()


def test_deliveries_under_one_policy_are_added_up_with_why_they_failed() -> None:
    tally: Tally = {}
    failure = {"c": 204, "s": "192.0.2.1", "n": "mx.loin.example", "h": "250 étranger", "r": "192.0.2.2"}
    assert all(add(tally, told()) for _ in range(3))
    assert add(tally, told(changes={"t": 1, "f": 1, "failure-details": [failure]}))
    (counts,) = tally["loin.example"]["policies"].values()
    assert (counts["passed"], counts["failed"]) == (3, 1)
    ((words, times),) = counts["failures"].items()
    assert (json.loads(words)["result-type"], times) == ("certificate-expired", 1)
    assert "étranger" not in words  # what a server says of itself is not sent on


@pytest.mark.parametrize(
    "datagram",
    [
        b"", b"{", b"[]", b"null", b'{"d": "loin.example"}', b'{"d": "a b", "policies": []}',
        b'{"d": "../x", "policies": []}', b'{"d": "loin.example", "policies": [1]}', b"[" * 100_000,
        b'{"d": "loin.example", "policies": [{"policy-type": [], "policy-domain": "x", "t": 0}]}',
    ],
)  # fmt: skip
def test_what_is_no_word_of_postfix_counts_for_nothing(datagram: bytes) -> None:
    tally: Tally = {}
    assert not add(tally, datagram)
    assert tally == {}


def test_one_domain_too_many_is_not_counted_and_those_known_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_tally, "MAX_DOMAINS", 1)
    tally: Tally = {}
    assert add(tally, told())
    assert not add(tally, told("autre.example"))
    assert add(tally, told())


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (_RECORD, ["tls@loin.example"]),
        ("v=TLSRPTv1; rua=mailto:a@x.example , https://x.example/r,mailto:b@x.example;",
         ["a@x.example", "b@x.example"]),
        ("v=TLSRPTv1; rua=https://x.example/r", []),
        ("v=TLSRPTv1; rua=mailto:a@x.example\r\nBcc: z@x.example", []),
        ("v=TLSRPTv1", []),
    ],
)  # fmt: skip
def test_reports_go_to_the_addresses_of_the_record_alone(record: str, expected: list[str]) -> None:
    assert recipients(record) == expected
