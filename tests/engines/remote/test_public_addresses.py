"""Only public addresses are connected to on behalf of a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.remote.public_addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
        "fec0::1", "feff::1", "192.88.99.1",
        "2001:0:7f00:1::", "::127.0.0.1", "", "localhost", "8.8.8.8.", "0x7f.1", "2130706433", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses_are_not(address: str) -> None:
    assert is_public(address)


@given(st.one_of(st.text(max_size=40), st.ip_addresses().map(str)))
def test_anything_gets_an_answer(text: str) -> None:
    assert is_public(text) in {True, False}
