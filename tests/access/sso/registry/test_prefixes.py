"""A CAS service beneath a registered prefix is beneath it for every reader of addresses, or for none."""

import re
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.sso.people import registration

from vaguemestre.access.sso.registry.rules.addresses import (
    check_prefix,
    is_beneath,
    is_service_of,
    longest_prefix,
)
from vaguemestre.access.sso.registry.values import Protocol
from vaguemestre.foundation.kernel.errors import Refusal

PREFIX = "https://notes.example/eleves/"
PARAMETERS = re.compile(r";[^/]*")  # of a segment (RFC 3986 §3.3), which servlet containers leave out
pieces = st.sampled_from(
    [
        "a",
        "..",
        ".",
        "%2e%2e",
        "%252e%252e",
        "..;x",
        "/",
        "%2f",
        "%5c",
        "\\",
        "?x=1",
        "#",
        "é",
        "%00",
        ";",
        "@b",
    ]
)


@pytest.mark.parametrize(
    "beneath", ["", "a", "a/b?x=1&y=../..", "a;jsessionid=1/b", "%C3%A9l%C3%A8ve", "..."]
)
def test_ordinary_pages_are_beneath_their_prefix(beneath: str) -> None:
    assert is_beneath(PREFIX + beneath, (PREFIX,))


@pytest.mark.parametrize(
    "address",
    [
        *(
            PREFIX + way
            for way in ("../admin", "%2e%2e/admin", "%252e%252e/admin", "..;x/admin", "a/..", ".")
        ),
        *(PREFIX + way for way in ("..%2fadmin", "%5c..%5cadmin", "a\\b", "#a", "%00", "é", "a b")),
        "https://notes.example/elevesx/",
        "https://notes.example/eleves",
        "https://notes.example:443/eleves/",
        "http://notes.example/eleves/",
        "https://notes.example.mal.example/eleves/",
    ],
)
def test_what_some_reader_would_resolve_elsewhere_is_beneath_nothing(address: str) -> None:
    assert not is_beneath(address, (PREFIX,))


@given(st.lists(pieces, max_size=6).map("".join))
def test_whatever_is_beneath_stays_there_once_decoded_and_resolved(rest: str) -> None:
    address = PREFIX + rest
    if is_beneath(address, (PREFIX,)):
        for read in (address, unquote(address), unquote(unquote(address))):
            for path in (urlsplit(read).path, PARAMETERS.sub("", urlsplit(read).path)):
                assert urljoin("https://notes.example/", path).startswith(PREFIX), read


def test_of_several_prefixes_the_longest_holds() -> None:
    longer = f"{PREFIX}6e/"
    assert longest_prefix(f"{longer}a", (PREFIX, longer)) == longer
    assert longest_prefix(f"{PREFIX}a", (PREFIX, longer)) == PREFIX
    assert longest_prefix("https://ailleurs.example/", (PREFIX, longer)) == ""


@pytest.mark.parametrize("name", ["ticket", "TICKET", "SAMLart", "pgtIou", "pgtId", "%74icket", "+ticket"])
@pytest.mark.parametrize("before", ["?", "?a=1&", "?a=1;"])
def test_a_service_that_carries_a_ticket_already_is_nobodys(name: str, before: str) -> None:
    application = registration(protocol=Protocol.CAS, prefixes=(PREFIX,))
    assert is_service_of(application, f"{PREFIX}{before}a={quote(name)}")
    assert not is_service_of(application, f"{PREFIX}{before}{name}=ST-1")


def test_an_exact_address_is_a_service_whatever_the_prefixes() -> None:
    application = registration(protocol=Protocol.CAS)
    assert is_service_of(application, application.addresses[0])
    assert not is_service_of(application, PREFIX)


@pytest.mark.parametrize("address", ["https://notes.example/eleves", "https://notes.example/eleves/?x=/"])
def test_a_prefix_ends_with_its_slash(address: str) -> None:
    assert check_prefix(PREFIX) == PREFIX
    with pytest.raises(Refusal, match="base-not-allowed"):
        check_prefix(address)
