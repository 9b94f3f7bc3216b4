"""A link is listed by its page, its host or a domain above it, as the filter reads the same list."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.rspamd.listed_links import ListedLinks
from vaguemestre.post.redirects.rules.listed_names import listed_names, name_of_line

_WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("address", "is_listed"),
    [
        ("https://piege.example/", True),
        ("https://www.PIEGE.example/connexion?x=1", True),
        ("https://piege.example.net/", False),
        ("https://pas-piege.example/", False),
        ("https://site.example/page/", True),
        ("https://site.example/page#ici", True),
        ("https://site.example/page2", False),
        ("https://piege.example:8443/", True),
        ("https://rassurant.example@piege.example/", True),
        ("https://piege.example\\@rassurant.example/", True),
        ("https://ｐｉｅｇｅ。example/", True),
        ("https://[", False),
    ],
)
def test_the_list_names_hosts_with_those_below_and_pages(
    tmp_path: Path, address: str, is_listed: bool
) -> None:
    assert listed(tmp_path, "piege.example\n# commentaire\nhttps://site.example/page\n")(address) is is_listed


_WRITINGS = [
    "HTTPS://deux.test/page", "https://DEUX.test/page", "https://deux.test:443/page", "http://deux.test:80/page",
    "https://u@deux.test/page", "https://u:p@deux.test/page", "https://deux.test./page", "https://deux.test/./page",
    "https://deux.test/%70age", "https://deux.test//page", "https://deux.test/page?", "https://deux.test/page?x=1",
    "http://deux.test/page", "https://deux.test/a/../page", "https://deux.test/a/%2e%2E/page", "https://deux.test/page/",
    "https://deux.test\\page", "https://deux.test/pa\tge", " https://deux.test/page", "https://deux.test/page#x",
    "https://ｄｅｕｘ.test/page", "https://deux.test/../page", "https://deux.test:0443/page",
]  # fmt: skip


@pytest.mark.parametrize(
    "line", ["https://deux.test/page", "HTTPS://Deux.test.:443//page/", "deux.test/page"]
)
@pytest.mark.parametrize("address", _WRITINGS)
def test_a_page_is_known_in_each_of_its_writings(tmp_path: Path, line: str, address: str) -> None:
    """Four writings of thirteen were known: letters were compared."""
    assert listed(tmp_path, f"{line}\n")(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://deux.test/", "https://deux.test/page2", "https://deux.test/page/2", "https://deux.test:8443/page",
        "https://deux.test/Page", "https://page@un.test/page", "https://un.test/?https://deux.test/page",
        "https://deux.test/page/../autre", "https://www.deux.test/page",
    ],
)  # fmt: skip
def test_another_page_is_not_taken_for_the_one_that_is_listed(tmp_path: Path, address: str) -> None:
    assert not listed(tmp_path, "https://deux.test/page\n")(address)


def test_a_page_listed_with_what_it_is_asked_is_known_with_it_alone(tmp_path: Path) -> None:
    ask = listed(tmp_path, "https://deux.test/suite?id=%37\n")
    assert ask("http://DEUX.test//suite?id=7#x")
    assert not ask("https://deux.test/suite?id=8")
    assert not ask("https://deux.test/suite")


_REWRITINGS: dict[str, Callable[[str, str, str], tuple[str, str, str]]] = {
    "scheme": lambda scheme, place, path: (scheme.upper(), place, path),
    "http": lambda scheme, place, path: ("http", place, path),
    "host": lambda scheme, place, path: (scheme, place.upper(), path),
    "user": lambda scheme, place, path: (scheme, f"u:p@{place}", path),
    "dots": lambda scheme, place, path: (scheme, place, f"/x/.././{path}"),
    "slashes": lambda scheme, place, path: (scheme, place, path.replace("/", "//")),
    "octets": lambda scheme, place, path: (scheme, place, re.sub("[a-m0-4]", octet_of, path)),
    "last slash": lambda scheme, place, path: (scheme, place, f"{path}/"),
    "query": lambda scheme, place, path: (scheme, place, path if "?" in path else f"{path}?a=b"),
    "port": lambda scheme, place, path: (scheme, place if place[-1].isdigit() else f"{place}:443", path),
}


def octet_of(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02x}"


@given(
    st.lists(_WORD, min_size=1, max_size=3), st.lists(_WORD, min_size=1, max_size=3),
    st.lists(st.sampled_from([*_REWRITINGS]), max_size=6, unique=True),
)  # fmt: skip
def test_no_rewriting_hides_a_listed_page(labels: list[str], path: list[str], rewritings: list[str]) -> None:
    scheme, place, written = "https", ".".join([*labels, "example"]), "/" + "/".join(path)
    name = name_of_line(f"https://{place}{written}")
    for rewriting in sorted(rewritings, key=[*_REWRITINGS].index):
        scheme, place, written = _REWRITINGS[rewriting](scheme, place, written)
    assert name in set(listed_names(f"{scheme}://{place}{written}"))
    assert name_of_line(f"https://{place}{written}") == name_of_line(f"{scheme}://{place}{written}")


@given(st.text(max_size=60))
def test_no_address_nor_line_stops_the_list(text: str) -> None:
    for address in (text, f"https://{text}", f"https://a.example/{text}"):
        list(listed_names(address))
        name_of_line(address)


@given(st.lists(_WORD, min_size=1, max_size=5), _WORD)
def test_every_domain_above_the_host_is_a_name_of_the_link(labels: list[str], path: str) -> None:
    names = set(listed_names(f"https://{'.'.join(labels)}/{path}#{path}"))
    assert {".".join(labels[at:]) for at in range(len(labels))} <= names
    assert name_of_line(f"https://{'.'.join(labels)}/{path}") in names


def test_a_line_added_is_seen_at_the_next_click(tmp_path: Path) -> None:
    ask = listed(tmp_path, "")
    assert not ask("https://piege.example/")
    (tmp_path / "rspamd/lists/links").write_text("piege.example\n")
    assert ask("https://piege.example/")


def test_without_a_filter_only_removals_refuse_links(tmp_path: Path) -> None:
    ask = ListedLinks(instance(tmp_path), lambda address: address == "https://retire.example/")
    assert ask("https://retire.example/")
    assert not ask("https://piege.example/")


def listed(home: Path, lines: str) -> ListedLinks:
    file = home / "rspamd/lists/links"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(lines)
    return ListedLinks(instance(home), lambda address: False)


def instance(home: Path) -> Any:
    return SimpleNamespace(engines_dir=home)
