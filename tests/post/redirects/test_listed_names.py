"""A link is listed by its page, its host or a domain above it, as the filter reads the same list."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.rspamd.listed_links import ListedLinks
from vaguemestre.post.redirects.rules.listed_names import listed_names

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


@given(st.lists(_WORD, min_size=1, max_size=5), _WORD)
def test_every_domain_above_the_host_is_a_name_of_the_link(labels: list[str], path: str) -> None:
    names = set(listed_names(f"https://{'.'.join(labels)}/{path}#{path}"))
    assert {".".join(labels[at:]) for at in range(len(labels))} <= names
    assert f"https://{'.'.join(labels)}/{path}" in names


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
