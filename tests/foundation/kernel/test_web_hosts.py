"""The host of a web address is the one where a browser goes."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.web_hosts import host_of

GOES = {
    "https://www.exemple.fr/page": "www.exemple.fr",
    "HTTP://Exemple.FR:8080?a#b": "exemple.fr",
    "https://intranet.fr@piege.example/": "piege.example",
    "http://piege.example\\@intranet.fr/": "piege.example",
    "http://piege.example\\.intranet.fr": "piege.example",
    "http:\\\\piege.example/intranet.fr": "piege.example",
    "http://%70iege.example/": "piege.example",
    "http://ｐｉｅｇｅ．example/": "piege.example",
    "http://piege。example/": "piege.example",
    "http://académie.example/": "xn--acadmie-eya.example",
    "http://faß.example/": "xn--fa-hia.example",
    "http://mon_site.example./": "mon_site.example",
    "http://[::1]:80/": "::1",
}
NOWHERE = [
    "http://", "http:///piege.example", "http://a b.example/", "http://a%2fb.example/", "http://[::1/",
    "http://\u00ad/", "ftp://exemple.fr/", "exemple.fr", "http://exemple.fr:80:80/", "http://a<b.example/",
]  # fmt: skip


@pytest.mark.parametrize("address", GOES)
def test_the_host_is_where_a_browser_goes_however_it_is_spelled(address: str) -> None:
    assert host_of(address) == GOES[address]


@pytest.mark.parametrize("address", NOWHERE)
def test_an_address_that_leads_nowhere_has_no_host(address: str) -> None:
    assert host_of(address) == ""


@given(st.text(max_size=60))
def test_a_host_is_ascii_and_lower_case_whatever_the_address(text: str) -> None:
    host = host_of(f"https://{text}")
    assert host.isascii()
    assert host == host.lower()


@given(
    st.text(string.ascii_lowercase, min_size=1, max_size=20),
    st.text(max_size=20).map(lambda text: "".join(sign for sign in text if sign not in "\t\r\n")),
)
def test_what_stands_after_a_slash_of_either_kind_changes_no_host(name: str, rest: str) -> None:
    for slash in "/\\":
        assert host_of(f"http://{name}.example{slash}{rest}") == f"{name}.example"
